// The box of the search: sends what is typed, shows what comes back, moves through it by keys.
const PAUSE = 120; // ms without a key before the text is sent
const AGAIN = 700; // ms before names that were not read yet are asked for once more

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const box = parentElement.querySelector(".box") ?? build(parentElement, data.text);
  const input = box.querySelector("input");
  const list = box.querySelector("ul");
  const note = box.querySelector("p");
  clearTimeout(box.again);
  const send = () => setStateValue("text", input.value);
  const choose = (n) => setTriggerValue("chosen", { text: input.value, n });

  input.oninput = () => {
    clearTimeout(box.timer);
    box.timer = setTimeout(send, PAUSE);
  };
  input.onkeydown = (event) => {
    const lines = list.children.length;
    if (event.key === "Enter") {
      clearTimeout(box.timer);
      if (input.value.trim()) choose(box.shown === input.value ? box.at : 0);
    } else if (lines && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      mark(box, (box.at + (event.key === "ArrowDown" ? 1 : lines - 1)) % lines);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  list.onclick = (event) => {
    const line = event.target.closest("li");
    if (line) setTriggerValue("chosen", { text: box.shown, n: [...list.children].indexOf(line) });
  };

  if (box.shown !== data.text || box.lines !== JSON.stringify(data.lines)) {
    list.replaceChildren(...data.lines.map(row));
    box.shown = data.text;
    box.lines = JSON.stringify(data.lines);
    mark(box, 0);
  }
  input.setAttribute("aria-expanded", String(data.lines.length > 0));
  note.textContent = data.note;
  if (data.waiting) box.again = setTimeout(() => setTriggerValue("again", true), AGAIN);
  return () => {
    clearTimeout(box.timer);
    clearTimeout(box.again);
  };
}

function build(parent, text) {
  const box = document.createElement("div");
  box.className = "box";
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const note = document.createElement("p");
  const said = {
    type: "text", role: "combobox", maxlength: "100", autocomplete: "off", spellcheck: "false", placeholder: "Name, id, owner, tag …",
    "aria-label": "Search things, pages and proposals", "aria-controls": "found", "aria-autocomplete": "list", "aria-expanded": "false",
  };
  for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);
  input.value = text; // what was looked for last
  list.id = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Results");
  note.setAttribute("role", "status");
  box.append(input, list, note);
  parent.append(box);
  box.at = 0;
  input.select();
  for (const wait of [0, 100, 300]) setTimeout(() => input.focus(), wait); // after the dialog has taken the focus
  return box;
}

function row(line, n) {
  const made = document.createElement("li");
  made.id = `found-${n}`;
  made.setAttribute("role", "option");
  const parts = { icon: line.icon, name: line.name, detail: line.detail };
  for (const [part, text] of Object.entries(parts)) {
    const span = document.createElement("span");
    span.className = part;
    span.textContent = text;
    if (part === "icon") span.setAttribute("aria-hidden", "true");
    made.append(span);
  }
  return made;
}

function mark(box, at) {
  const lines = box.querySelectorAll("li");
  box.at = at;
  lines.forEach((line, n) => line.setAttribute("aria-selected", String(n === at)));
  const input = box.querySelector("input");
  if (lines.length) input.setAttribute("aria-activedescendant", lines[at].id);
  else input.removeAttribute("aria-activedescendant");
  lines[at]?.scrollIntoView({ block: "nearest" });
}
