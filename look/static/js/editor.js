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
  captionPlaceholder: "Thêm chú thích…",
  remove: "Bỏ khỏi chỗ này",
};
// It speaks English by itself.
const english = document.documentElement.lang === "en";
if (!english) Object.assign(Trix.config.lang, vietnamese);
// The page's own heading is the title; headings inside a text begin at the second level.
Trix.config.blockAttributes.heading1.tagName = "h2";
// It has no button for a third level, but keeps the one of a text that came with it.
Trix.config.blockAttributes.heading2 = { ...Trix.config.blockAttributes.heading1, tagName: "h3" };

Trix.config.attachments.preview.caption = { name: false, size: false };
// It would load each picture once to learn its size, and then say that somebody has changed the text.
Trix.models.Attachment.prototype.preloadURL = () => {};

document.addEventListener("trix-file-accept", (event) => event.preventDefault());

// A picture that has its place in the text is seen there. Its caption can be typed there and beside it: it is one.
const fileOf = ({ attachment }) => String(attachment.getAttribute("file"));
const piecesOf = (element) => element.editor.getDocument().getAttachmentPieces();

document.addEventListener("trix-change", ({ target }) => {
  for (const piece of piecesOf(target)) {
    const field = document.getElementById(`caption-${fileOf(piece)}`);
    if (field && field !== document.activeElement) field.value = piece.getCaption();
  }
});
document.addEventListener("input", ({ target }) => {
  if (!target.id?.startsWith("caption-")) return;
  for (const element of document.querySelectorAll("trix-editor")) {
    for (const piece of piecesOf(element).filter((one) => `caption-${fileOf(one)}` === target.id)) {
      element.editor.composition.updateAttributesForAttachment({ caption: target.value }, piece.attachment);
      // A picture that was pressed last shows its caption in a field of the editor's own.
      for (const open of element.querySelectorAll(`[data-trix-id="${piece.attachment.id}"] textarea`)) {
        open.value = target.value;
      }
    }
  }
});

// Sending a file draws the page anew: where one was writing is kept until then, and a picture goes there.
const KEPT = "toasoan-caret";
let caret = null;

document.addEventListener("trix-selection-change", ({ target }) => {
  if (target.contains(document.activeElement)) caret = target.editor.getSelectedRange()?.[1] ?? caret;
});
window.addEventListener("pagehide", () => {
  if (caret !== null) sessionStorage.setItem(KEPT, caret);
});

function remembered() {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  return kept === null || location.hash !== "#anh" ? null : Number(kept);
}

// After some keyboards it reads its own elements back as HTML, in which the page's policy forbids the styles it set.
function readBackWithoutStyles(element) {
  const { editorController } = element;
  const reparse = editorController.reparse.bind(editorController);
  editorController.reparse = () => {
    for (const styled of element.querySelectorAll("[style]")) styled.removeAttribute("style");
    return reparse();
  };
}

// Its buttons listen to the mouse alone, and no Tab stops there. Here they are one stop, with arrows from one to the next.
function reachByKeyboard(toolbar) {
  const buttons = () =>
    [...toolbar.querySelectorAll(".trix-button-row button")].filter((one) => !one.disabled && one.offsetParent);
  const stop = (chosen) => {
    for (const one of toolbar.querySelectorAll(".trix-button-row button")) one.tabIndex = one === chosen ? 0 : -1;
  };
  toolbar.setAttribute("role", "toolbar");
  toolbar.setAttribute("aria-label", english ? "Formatting" : "Định dạng");
  stop(buttons()[0]);
  toolbar.addEventListener("keydown", (event) => {
    const row = buttons();
    const at = row.indexOf(event.target);
    if (at < 0) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: row.length - 1 }[event.key];
    if (to !== undefined) {
      const chosen = row.at(to % row.length);
      stop(chosen);
      chosen.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.target.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }));
    } else return;
    event.preventDefault();
  });
  // A button may be out of use by the next time: one comes in at the first again.
  toolbar.addEventListener("focusout", ({ relatedTarget }) => toolbar.contains(relatedTarget) || stop(buttons()[0]));
}

// Its height is known when it has come.
function show(figure) {
  figure.scrollIntoView({ block: "center" });
  const picture = figure.querySelector("img");
  if (!picture.complete) picture.addEventListener("load", () => figure.scrollIntoView({ block: "center" }), { once: true });
}

// At the caret, else after the last word.
function insert(element, attachment) {
  const end = element.editor.getDocument().getLength() - 1;
  element.editor.setSelectedRange(Math.min(caret ?? end, end));
  element.editor.insertAttachment(attachment);
}

document.addEventListener("trix-initialize", ({ target: element }) => {
  caret = remembered();
  readBackWithoutStyles(element);
  reachByKeyboard(element.toolbarElement);
  for (const button of document.querySelectorAll("[data-place]")) {
    const told = JSON.parse(button.dataset.place);
    button.hidden = false;
    button.addEventListener("click", () => {
      const here = piecesOf(element).find((piece) => fileOf(piece) === String(told.file));
      const attachment = here?.attachment ?? new Trix.models.Attachment(told);
      if (!here) {
        const caption = document.getElementById(`caption-${told.file}`).value;
        insert(element, attachment);
        if (caption) element.editor.composition.updateAttributesForAttachment({ caption }, attachment);
      }
      element.focus();
      element.editor.setSelectedRange(element.editor.getDocument().getRangeOfAttachment(attachment));
      show(element.querySelector(`[data-trix-id="${attachment.id}"]`));
    });
  }
});
