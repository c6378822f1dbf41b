// Small words for building a page out of nodes. Nothing here reads HTML: what a bot says is always text.

const PROPERTIES = new Set(["value", "checked", "hidden", "disabled", "open"]);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child || child === 0));
  return node;
}

export const at = (id) => document.getElementById(id);

const PATHS = {
  send: "M3 20v-6l8-2-8-2V4l19 8z",
  plane: "M2 11.500 22 3l-3.500 18-6-4.500-3.500 3-.500-5.500 8-7-10 6z",
  plus: "M11 4h2v7h7v2h-7v7h-2v-7H4v-2h7z",
  mic: "M12 15a3.5 3.5 0 0 0 3.5-3.5v-6a3.5 3.5 0 0 0-7 0v6A3.5 3.5 0 0 0 12 15zm6-3.5a6 6 0 0 1-5 5.9V21h-2v-3.6a6 6 0 0 1-5-5.9h2a4 4 0 0 0 8 0z",
  stop: "M7 7h10v10H7z",
  menu: "M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z",
  back: "M20 11v2H8l5.5 5.5-1.4 1.4L4.2 12l7.9-7.9 1.4 1.4L8 11z",
  more: "M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  reply: "M10 9V5l-7 7 7 7v-4.1c5 0 8.500 1.600 11 5.100-1-5-4-10-11-11z",
  file: "M6 2h8l6 6v14H6zm7 1.500V9h5.500z",
  picture: "M3 4h18v16H3zm2 12.500V18h14v-4l-4-4-5 5-2-2zM8 11a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  pin: "M12 2a7 7 0 0 0-7 7c0 5.200 7 13 7 13s7-7.800 7-13a7 7 0 0 0-7-7zm0 9.500a2.500 2.500 0 1 1 0-5 2.500 2.500 0 0 1 0 5z",
  person: "M12 12a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zm0 2c-4 0-8 2-8 5v2h16v-2c0-3-4-5-8-5z",
  list: "M4 5h2v2H4zm4 0h12v2H8zm-4 6h2v2H4zm4 0h12v2H8zm-4 6h2v2H4zm4 0h12v2H8z",
  link: "M14 3h7v7h-2V6.400l-9.300 9.300-1.400-1.400L17.600 5H14zM5 5h6v2H5v12h12v-6h2v8H3V5z",
  phone: "M6.600 10.800a15 15 0 0 0 6.600 6.600l2.200-2.200a1 1 0 0 1 1-.200 11.400 11.400 0 0 0 3.600.600 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.500a1 1 0 0 1 1 1c0 1.200.200 2.400.600 3.600a1 1 0 0 1-.200 1z",
  cart: "M7 18a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm10 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM1 2v2h2l3.600 7.600L5.200 14A2 2 0 0 0 7 17h12v-2H7.400l1.100-2h7.400a2 2 0 0 0 1.800-1L21.300 5H5.200L4.300 2z",
  sticker: "M5 3h14a2 2 0 0 1 2 2v9l-7 7H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm8 16.500 6.500-6.500H15a2 2 0 0 0-2 2z",
  code: "M8.600 16.600 4 12l4.600-4.600L7.200 6l-6 6 6 6zm6.800 0L20 12l-4.600-4.600L16.800 6l6 6-6 6z",
  down: "M12 16 5 9l1.400-1.400 5.600 5.600 5.600-5.600L19 9z",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg"; // a name, not an address that is asked
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// A sheet comes from below on a phone. The browser's own dialog keeps the focus in it and gives it back.
export function sheet(title, ...content) {
  const heading = el("h2", { id: "sheet-title" }, title);
  const close = el("button", { type: "button", class: "plain", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"));
  const body = el("div", { class: "scroll" }, content);
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "sheet-title" },
    el("header", {}, heading, close), body);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => step(event, dialog));
  document.body.append(dialog);
  dialog.showModal();
  const first = body.querySelector("input, textarea, select, button");
  if (first) first.focus();
  if (body.scrollHeight > body.clientHeight) body.tabIndex = 0;
  return dialog;
}

function step(event, dialog) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const rows = [...dialog.querySelectorAll(".row")];
  if (!way || !rows.includes(document.activeElement)) return;
  event.preventDefault();
  rows[(rows.indexOf(document.activeElement) + way + rows.length) % rows.length].focus();
}

// A form in a sheet. `send` gets the values by name; what it throws is shown, and the sheet stays.
export function form(title, label, fields, send) {
  const problem = el("p", { class: "problem", role: "alert" });
  const asked = el("form", {}, fields, problem, el("button", { class: "main" }, label));
  asked.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send(Object.fromEntries(new FormData(asked)));
      dialog.close();
    } catch (error) { problem.textContent = error.message; }
  });
  const dialog = sheet(title, asked);
  return dialog;
}

export function field(label, name, attributes = {}) {
  const { rows, ...others } = attributes;
  const input = rows ? el("textarea", { name, rows, ...others }) : el("input", { name, autocomplete: "off", ...others });
  return el("label", { class: "field" }, label, input);
}
