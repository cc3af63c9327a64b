// The text editor speaks Vietnamese and takes no files: pictures have their own place, each with its answer.
// A module, so that these words are in place before the editor draws its toolbar.
import Trix from "../vendor/trix.js";

const vietnamese = {
  bold: "Đậm",
  italic: "Nghiêng",
  heading1: "Tiêu đề nhỏ",
  quote: "Trích dẫn",
  bullets: "Danh sách",
  numbers: "Danh sách đánh số",
  indent: "Thụt vào",
  outdent: "Thụt ra",
  link: "Liên kết",
  unlink: "Bỏ liên kết",
  url: "Địa chỉ",
  urlPlaceholder: "Nhập địa chỉ trang",
  undo: "Hoàn tác",
  redo: "Làm lại",
};
// It speaks English by itself.
if (document.documentElement.lang !== "en") Object.assign(Trix.config.lang, vietnamese);
// The page's own heading is the title; headings inside a text begin at the second level.
Trix.config.blockAttributes.heading1.tagName = "h2";

document.addEventListener("trix-file-accept", (event) => event.preventDefault());
