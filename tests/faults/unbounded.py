"""`toasoan` for a few visitors who send more in a minute than a person may in an hour: storms know no quotas."""

import toasoan
from gate import quotas

if __name__ == "__main__":
    quotas.QUOTAS = {}
    toasoan.main()
