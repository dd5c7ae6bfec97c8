// Pages on which a file is sent, and pages that tell how its confirmation goes on. Both work without this file.

const parse = (text) => new DOMParser().parseFromString(text, "text/html");

/** Writes into a live region only what is new, so that nothing is read out twice. */
function say(region, text) {
  if (region.textContent !== text) region.textContent = text;
}

/** Sends the form of `main` with its progress, and shows what the server answers as the browser would. */
function uploads() {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const box = form.querySelector("[data-upload-progress]");
  const [label, bar, status] = [box.querySelector("label"), box.querySelector("progress"), box.querySelector("[role=status]")];
  const sending = label.textContent;
  let request = null;

  const rest = () => {
    request = null;
    box.hidden = true;
    form.removeAttribute("aria-busy");
  };

  const complain = (sentence) => {
    rest();
    document.querySelector("main .error-summary")?.remove();
    const summary = form.querySelector("template[data-upload-problem]").content.firstElementChild.cloneNode(true);
    summary.querySelector("li").textContent = sentence;
    form.before(summary);
    summary.focus();
  };

  const answered = () => {
    const page = parse(request.responseText);
    const main = page.querySelector("main");
    if (request.status === 200 && request.responseURL !== form.action) {
      location.assign(request.responseURL);
    } else if (page.querySelector("form[data-upload]")) {
      document.title = page.title;
      document.querySelector("main").replaceWith(document.adoptNode(main));
      uploads();
      document.querySelector("main [data-focus]")?.focus();
    } else {
      complain(main?.querySelector(".prose, p:not(.error-status)")?.textContent ?? request.statusText);
    }
  };

  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (!file) return; // The server says that one is missing.
    event.preventDefault();
    if (request) return;
    if (file.size > Number(form.dataset.upload)) {
      complain(form.dataset.tooLarge);
      return;
    }
    request = new XMLHttpRequest();
    let told = -1;
    const sent = (loaded, total) => {
      const percent = total ? Math.floor((100 * loaded) / total) : 100;
      bar.value = percent;
      const quarter = Math.floor(percent / 25) * 25;
      if (quarter !== told) say(status, `${quarter}% sent`);
      told = quarter;
    };
    request.upload.addEventListener("progress", (progress) => sent(progress.loaded, progress.total));
    request.upload.addEventListener("load", () => {
      label.textContent = "The file was sent";
      bar.removeAttribute("value");
      say(status, "Checking the rows…");
    });
    request.addEventListener("load", answered);
    request.addEventListener("error", () => complain("The connection was lost before the file was taken. Try again."));
    label.textContent = sending;
    box.hidden = false;
    form.setAttribute("aria-busy", "true");
    sent(0, file.size);
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
  // Somebody who comes back finds the form at rest.
  window.addEventListener("pageshow", (event) => { if (event.persisted) rest(); });
}

/** Looks at the page's own address until what goes on has ended, then shows the page anew. */
function work() {
  const card = document.querySelector("[data-work]");
  if (!card) return;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const now = parse(await answer.text()).querySelector("[data-work]");
      if (!now && answer.status < 500) {
        location.reload();
        return;
      }
      if (now) {
        card.querySelector("progress").value = now.querySelector("progress").value;
        say(card.querySelector("[data-work-words]"), now.querySelector("[data-work-words]").textContent);
      }
    } catch {
      // Out of reach for a moment: it is looked again.
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
}

uploads();
work();
