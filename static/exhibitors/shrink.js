/* Makes a photo smaller before it is sent, where the browser can; else it goes as it is. */

const shrunk = async (file, most) => {
  if (!file.type.startsWith("image/") || file.size < 400_000) {
    return file;
  }
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, most / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => {
    canvas.toBlob(done, "image/jpeg", 0.85);
  });
  const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
  return blob && blob.size < file.size
    ? new File([blob], name, { type: "image/jpeg" })
    : file;
};

for (const field of document.querySelectorAll("input[data-shrink]")) {
  field.addEventListener("change", async () => {
    const [file] = field.files;
    if (!file) {
      return;
    }
    try {
      const small = await shrunk(file, Number(field.dataset.shrink));
      const files = new DataTransfer();
      files.items.add(small);
      field.files = files.files;
    } catch {
      // The server makes it smaller as well.
    }
  });
}
