// A photograph is made smaller before it is sent: data-shrink says how many pixels its longer side may have.
// Where anything is missing or goes wrong the file is sent as it is, and the server does the same.

const SMALL = 1_500_000;

async function smaller(file, side) {
  const picture = await createImageBitmap(file, {
    imageOrientation: "from-image",
  });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const sheet = document.createElement("canvas");
  sheet.width = Math.round(picture.width * scale);
  sheet.height = Math.round(picture.height * scale);
  const pen = sheet.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(picture, 0, 0, sheet.width, sheet.height);
  picture.close();
  const content = await new Promise((done) =>
    sheet.toBlob(done, "image/jpeg", 0.85),
  );
  return content && content.size < file.size ? content : null;
}

for (const input of document.querySelectorAll(
  "input[type=file][data-shrink]",
)) {
  const form = input.form;
  const buttons = [...form.elements].filter((each) => each.type === "submit");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file || file.size < SMALL || !/^image\/(jpeg|png)$/.test(file.type)) {
      return;
    }
    for (const button of buttons) {
      button.disabled = true;
    }
    try {
      const content = await smaller(file, Number(input.dataset.shrink));
      if (content && input.files[0] === file) {
        const files = new DataTransfer();
        const name = file.name.replace(/\.\w+$/, "") + ".jpg";
        files.items.add(new File([content], name, { type: "image/jpeg" }));
        input.files = files.files;
      }
    } catch {
      // The server turns and shrinks it.
    }
    for (const button of buttons) {
      button.disabled = false;
    }
  });
}
