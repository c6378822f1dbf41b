// The templates of the business: what state they are in, how they look, and what WhatsApp decides about them.

import { ask, me, notify } from "./api.js";
import { json } from "./bubbles.js";
import { at, el, field, form, icon, sheet } from "./dom.js";
import { template } from "./offers.js";

const LOOK = 700; // between two looks while the list is open, in milliseconds
const REASONS = ["INVALID_FORMAT", "INCORRECT_CATEGORY", "TAG_CONTENT_MISMATCH", "PROMOTIONAL", "ABUSIVE_CONTENT", "SCAM"];
const QUALITIES = { GREEN: "Good", YELLOW: "Medium", RED: "Bad", UNKNOWN: "Not known yet" };
const STATES = {
  PENDING: "In review", APPROVED: "Approved", REJECTED: "Rejected", PAUSED: "Paused", DISABLED: "Disabled", ARCHIVED: "Archived",
};
const DO = { // what can be done in which state
  PENDING: ["approve", "reject"],
  APPROVED: ["pause", "disable", "flag", "archive"],
  REJECTED: ["approve"],
  PAUSED: ["unpause", "disable"],
  DISABLED: ["reinstate"],
  ARCHIVED: ["unarchive"],
};
const WORDS = {
  approve: "Approve", reject: "Reject", pause: "Pause", unpause: "End the pause", disable: "Disable", flag: "Warn of bad feedback",
  reinstate: "Allow again", archive: "Archive", unarchive: "Take out of the archive", delete: "Delete",
  hold: "Let its messages wait", release: "Send what waits",
};

let switches = "";

const day = (seconds) => new Date(seconds * 1000).toLocaleString([], { weekday: "long", hour: "2-digit", minute: "2-digit" });
const chip = (status) => el("span", { class: `state ${status.toLowerCase()}` }, STATES[status] ?? status);

export function begin() {
  at("templates").addEventListener("click", list);
  at("by-hand").addEventListener("change", () => send("/sim/review", { by_hand: at("by-hand").checked }));
  at("stopped").addEventListener("change", () => send("/sim/preferences",
    { from: me().id, value: at("stopped").checked ? "stop" : "resume" }));
}

// Show the switches as the simulator has them, and how many templates wait for a decision.
export function show({ templates = {}, stopped = false }) {
  const now = JSON.stringify([templates.by_hand, stopped]);
  if (now !== switches) { // not always: a look that began before a click must not undo the click
    switches = now;
    at("by-hand").checked = templates.by_hand ?? false;
    at("stopped").checked = stopped;
  }
  const told = templates.waiting ? `See templates, ${templates.waiting} in review` : "See templates";
  if (at("templates").textContent !== told) at("templates").textContent = told;
}

async function send(path, order) {
  try { return await ask(path, order); } catch (error) { notify(error.message); }
  switches = ""; // what was ticked did not happen
  return null;
}

function list() {
  const rows = el("div", {});
  const dialog = sheet("Templates", rows);
  let shown = "";
  follow(dialog, (all) => {
    const now = JSON.stringify(all);
    if (now === shown) return;
    const focused = shown === "" || rows.contains(document.activeElement) ? document.activeElement.dataset.template ?? "" : null;
    shown = now;
    rows.replaceChildren(...(all.length ? all.map((one) => row(one, dialog)) : [el("p", { class: "hint" }, "There are none.")]));
    if (focused !== null) (rows.querySelector(`[data-template="${focused}"]`) ?? rows.querySelector("button"))?.focus();
  });
}

// Look at the templates again and again while a sheet is open.
async function follow(dialog, then) {
  const all = await send("/sim/templates");
  if (!dialog.open) return;
  if (all) then(all);
  setTimeout(() => dialog.open && follow(dialog, then), LOOK);
}

const row = (one, dialog) => el("button", {
  type: "button", class: "row flat", "data-template": one.id, onclick: () => { dialog.close(); detail(one); },
}, el("span", { class: "who" }, el("b", {}, one.name), el("small", {}, `${one.language}, ${one.category.toLowerCase()}`)),
chip(one.status));

// -- one template --------------------------------------------------------------------------------------------

function detail(one) {
  const { review, status } = one;
  const act = async (what, more = {}) => {
    const now = await send(`/sim/templates/${one.id}`, { do: what, ...more });
    if (!dialog.open) return; // it was closed, or shows the new state already
    dialog.close();
    if (!now || now.status === "DELETED") list();
    else detail(now);
  };
  const button = (what, then = () => act(what)) =>
    el("button", { type: "button", class: what === "delete" ? "wide danger" : "wide", onclick: then }, WORDS[what] ?? what);
  const decide = (what) => button(what, what === "reject" ? () => { dialog.close(); reject(one); } : undefined);
  const other = one.category === "MARKETING" ? "UTILITY" : "MARKETING";
  const dialog = sheet(one.name,
    el("div", { class: "sample" }, el("div", { class: "bubble" }, sample(one))),
    facts(one),
    el("div", { class: "pair" }, (DO[status] ?? []).map(decide),
      status === "APPROVED" && button(review.is_held ? "release" : "hold"),
      one.category !== "AUTHENTICATION" && [
        button(`${title(other)} tomorrow`, () => act("recategorise", { category: other })),
        button(`${title(other)} now`, () => act("recategorise", { category: other, now: true })),
      ],
      button("delete")),
    el("label", { class: "field" }, "Its quality", el("select", {
      onchange: ({ target }) => act("rate", { quality: target.value }),
    }, Object.entries(QUALITIES).map(([value, label]) => el("option", { value, selected: value === review.quality }, label)))),
    json(review.components),
    el("button", { type: "button", class: "wide", onclick: () => { dialog.close(); list(); } }, "All templates"));
  follow(dialog, (all) => { // a review by rule may have ended meanwhile
    const now = all.find(({ id }) => id === one.id);
    if (!now || JSON.stringify(now) === JSON.stringify(one)) return;
    dialog.close();
    detail(now);
  });
}

const title = (category) => category.slice(0, 1) + category.slice(1).toLowerCase();

function facts({ language, category, status, review }) {
  const { rejection, paused_until: until, correct_category: correct, category_changes_at: at_, is_held: held } = review;
  const known = [
    ["State", chip(status)],
    ["For", `${category.toLowerCase()}, in ${language}`],
    rejection && ["Why", [rejection.reason, rejection.why, rejection.recommendation].filter(Boolean).join(". ")],
    until && ["Paused until", day(until)],
    correct && ["Becomes", `${correct.toLowerCase()}, ${day(at_)}`],
    held && ["Its messages", "wait until its quality is known"],
  ];
  return el("dl", { class: "facts" }, known.filter(Boolean).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

// The template as a phone shows it, with the examples in place of its variables.
function sample(one) {
  const components = one.review.components.map((part) => ({
    type: String(part.type).toLowerCase(), parameters: examples(part), cards: part.cards,
  }));
  const act = new Proxy({}, { get: () => () => notify("This is a preview: nothing is sent.") });
  const file = one.header_format !== "TEXT" && el("p", { class: "note" }, icon("picture"), ` ${title(one.header_format)}`);
  return [file, ...template({ name: one.name, components }, { template: one, text: one.body }, act)];
}

function examples({ text = "", example = {} }) {
  const given = example.body_text_named_params ?? example.header_text_named_params;
  if (given) return given.map(({ param_name: name, example: value }) => ({ parameter_name: name, text: value }));
  const values = [example.body_text ?? example.header_text ?? []].flat(2);
  const names = [...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/gu)].map(([, name]) => name))];
  return names.map((name, n) => ({ parameter_name: name, text: values[n] ?? `{{${name}}}` }));
}

function reject(one) {
  form(`Reject ${one.name}`, "Reject", [
    el("label", { class: "field" }, "Reason", el("select", { name: "reason" }, REASONS.map((value) => el("option", { value }, value)))),
    field("What is wrong", "why", { value: "Your template does not say what it is for." }),
    field("What to do about it", "recommendation", { value: "Name the order, the date or the place that it speaks of." }),
  ], async (given) => {
    detail(await ask(`/sim/templates/${one.id}`, { do: "reject", ...given }));
  });
}
