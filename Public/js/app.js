// Every page works without this file. Behaviors hang on data-* attributes.

const all = (selector, root = document) => root.querySelectorAll(selector);

/** Menus and panels close on Escape (focus returns to their summary) and on a press outside. */
function closeDisclosures() {
  const open = () => all("details[data-disclosure][open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const details of open()) {
      const held = details.contains(document.activeElement);
      details.open = false;
      if (held) details.querySelector("summary").focus();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    for (const details of open()) if (!details.contains(event.target)) details.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const details of open()) if (!details.contains(event.target)) details.open = false;
  });
}

/** GET forms leave empty fields out, so that the address stays short enough to share. */
function tidyForms() {
  for (const form of all("form[data-tidy]")) {
    form.addEventListener("formdata", (event) => {
      const data = event.formData;
      for (const name of new Set(data.keys())) {
        const values = data.getAll(name).filter((value) => value !== "");
        data.delete(name);
        for (const value of values) data.append(name, value);
      }
    });
  }
}

/** Letters without case and accents, the way the server folds them. */
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Filters a short table that is wholly on the page while typing. */
function quickFilters() {
  for (const box of all("[data-quick-filter]")) {
    const table = document.getElementById(box.dataset.quickFilter);
    if (!table) continue;
    const [field, status] = [box.querySelector("input"), box.querySelector("[role=status]")];
    const rows = [...all("tbody tr", table)].map((row) => [row, fold(row.cells[0].textContent)]);
    const apply = () => {
      const words = fold(field.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, text] of rows) {
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) shown += 1;
      }
      status.textContent = words.length ? `${shown} of ${rows.length} shown` : "";
    };
    field.addEventListener("input", apply);
    box.hidden = false;
    if (field.value) apply();
  }
}

/** Adds buttons that move a column up and down; the order of the ticked boxes is the order of the columns. */
function columnOrder() {
  for (const list of all("[data-reorder]")) {
    for (const item of list.children) {
      const name = item.textContent.trim();
      for (const [mark, word] of [["↑", "up"], ["↓", "down"]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "move";
        button.textContent = mark;
        button.setAttribute("aria-label", `Move ${name} ${word}`);
        button.addEventListener("click", () => {
          if (word === "up") item.previousElementSibling?.before(item);
          else item.nextElementSibling?.after(item);
          button.focus();
        });
        item.append(button);
      }
    }
  }
}

/** Copies the text of the element that data-copy names. */
function copyButtons() {
  if (!navigator.clipboard) return;
  for (const button of all("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    if (!source) continue;
    const label = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }
}

/** Changes the appearance at once; the choice is kept by the same form post as without scripts. */
function themeSwitch() {
  const root = document.documentElement;
  for (const form of all("[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      const choice = event.submitter?.value;
      if (!choice) return;
      event.preventDefault();
      if (choice === "system") delete root.dataset.theme;
      else root.dataset.theme = choice;
      for (const button of all("button[name=theme]", form)) {
        button.setAttribute("aria-pressed", String(button === event.submitter));
      }
      const body = new URLSearchParams(new FormData(form, event.submitter));
      fetch(form.action, { keepalive: true, method: "POST", body, redirect: "manual" }).catch(() => form.submit());
    });
  }
}

/** Puts a color picker beside the text field of a color; each follows the other. */
function colorFields() {
  for (const section of all("[data-color-field]")) {
    const field = document.getElementById(section.dataset.colorField);
    if (!field) continue;
    const picker = document.createElement("input");
    picker.type = "color";
    picker.setAttribute("aria-label", "Pick a color");
    const row = document.createElement("div");
    row.className = "color-row";
    field.replaceWith(row);
    row.append(picker, field);
    const follow = () => {
      if (/^#[0-9a-f]{6}$/i.test(field.value.trim())) picker.value = field.value.trim();
    };
    field.addEventListener("input", follow);
    picker.addEventListener("input", () => { field.value = picker.value; });
    follow();
  }
}

/** Ticks every row of a page at once, counts what is ticked, and lets all that match stand for single rows. */
function selections() {
  for (const form of all("form[data-selection]")) {
    const [every, status, link] = [form.elements.all, form.querySelector("[role=status]"), form.querySelector("[data-select-link]")];
    const page = document.querySelector("input[data-select-page]");
    const boxes = [...form.elements].filter((box) => box.type === "checkbox" && box !== every);
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      page.checked = ticked === boxes.length;
      page.indeterminate = ticked > 0 && ticked < boxes.length;
      for (const box of [...boxes, page]) box.disabled = every.checked;
      status.textContent = every.checked ? "" : `${ticked} selected`;
    };
    const tickAll = (ticked) => {
      for (const box of boxes) box.checked = ticked;
      show();
    };
    page.hidden = false;
    page.addEventListener("change", () => tickAll(page.checked));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      tickAll(true);
    });
    for (const box of [...boxes, every]) box.addEventListener("change", show);
    show();
  }
}

/** A failed form puts the focus on its summary. */
function focusSummary() {
  document.querySelector("[data-focus]")?.focus();
}

closeDisclosures();
tidyForms();
quickFilters();
columnOrder();
copyButtons();
themeSwitch();
colorFields();
selections();
focusSummary();
