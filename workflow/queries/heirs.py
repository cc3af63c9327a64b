"""Who works on a unit's pieces when it has ended (R12): one expression, read wherever someone may see or act."""


def at_work(unit: str, day: str) -> str:
    """SQL for the id of the unit whose committee works on the pieces of `unit` (an alias) on `day` (an expression).

    Itself while it lives; after its end its main heir, and the heir's heir when that has ended too. NULL when the
    line breaks off: an heir that is not loaded.
    """
    return f"""(CASE WHEN {unit}.valid_to IS NULL OR {day} < {unit}.valid_to THEN {unit}.id ELSE (
  WITH RECURSIVE line AS (
    SELECT {unit}.id, {unit}.valid_to, {unit}.successor_codes
    UNION
    SELECT next.id, next.valid_to, next.successor_codes
    FROM line JOIN unit next ON next.code = line.successor_codes[1] WHERE line.valid_to <= {day}
  )
  SELECT line.id FROM line WHERE line.valid_to IS NULL OR {day} < line.valid_to
) END)"""  # noqa: S608  (both are constants of the caller)
