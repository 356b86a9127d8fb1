// A file that is dropped on the field is the chosen one; without this the field works by itself.
for (const field of document.querySelectorAll(".drop")) {
  const input = field.querySelector("input[type=file]");
  const mark = (on) => field.classList.toggle("over", on);
  field.addEventListener("dragover", (event) => { event.preventDefault(); mark(true); });
  field.addEventListener("dragleave", () => mark(false));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer.files.length > 0) input.files = event.dataTransfer.files;
  });
}
