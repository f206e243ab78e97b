// A graph from left to right: laid out by dagre, drawn as SVG, walked through by mouse and by keys.
import dagre from "./dagre.esm.js";

const HIGH = 40, NARROW = 196, WIDEST = 300, BETWEEN = 46; // of a node, and between two columns, in pixels
const LABEL = 6.9, DETAIL = 5.9; // of a letter
const SMALLEST = 0.72; // how far a graph that is too wide is made smaller before it is scrolled
const SVG = "http://www.w3.org/2000/svg";

export default function ({ data, parentElement, setTriggerValue }) {
  const said = JSON.stringify(data);
  const old = parentElement.querySelector(".graph");
  if (old && old.said === said) return;
  const focused = old?.contains(parentElement.getRootNode().activeElement);
  old?.remove();
  const box = document.createElement("div");
  box.className = "graph";
  box.said = said;
  parentElement.append(box);
  draw(box, data, (n) => setTriggerValue("chosen", n));
  if (focused) box.querySelector('[tabindex="0"]')?.focus();
}

function draw(box, { nodes, edges, alt }, choose) {
  const first = layout(nodes, edges, NARROW);
  const columns = new Set(nodes.map((_, n) => Math.round(first.node(String(n)).x))).size;
  const wide = Math.max(NARROW, Math.min(WIDEST, (box.clientWidth - 10 - BETWEEN * (columns - 1)) / columns));
  const laid = layout(nodes, edges, wide);
  const { width, top, height } = extent(laid, edges);
  const svg = element("svg", { viewBox: `0 ${top} ${width} ${height}`, role: "group", "aria-label": `Graph: ${alt}` });
  const fit = () => {
    const scale = Math.min(1, Math.max(SMALLEST, box.clientWidth / width));
    svg.setAttribute("width", Math.round(width * scale));
    svg.setAttribute("height", Math.round(height * scale));
  };
  for (const one of [...edges].sort((a, b) => a[2] - b[2])) svg.append(...line(one, laid, wide));
  const drawn = nodes.map((node, n) => block(node, n, laid.node(String(n)), edges, wide));
  svg.append(...drawn);
  box.append(svg);
  fit();
  new ResizeObserver(fit).observe(box);
  walk(svg, drawn, nodes, edges, laid, choose);
  if (drawn.length) box.scrollLeft = laid.node(String(begin(nodes))).x * (svg.width.baseVal.value / width) - box.clientWidth / 2;
}

function layout(nodes, edges, width) {
  const laid = new dagre.graphlib.Graph().setGraph({ rankdir: "LR", ranksep: BETWEEN, nodesep: 9, marginx: 5, marginy: 5 });
  laid.setDefaultEdgeLabel(() => ({}));
  nodes.forEach((_, n) => laid.setNode(String(n), { width, height: HIGH }));
  for (const [from, to] of edges) laid.setEdge(String(from), String(to));
  dagre.layout(laid);
  return laid;
}

function extent(laid, edges) { // dagre measures the nodes: an edge that goes round them may lie above or below
  const { width, height } = laid.graph();
  const ys = edges.flatMap(([from, to]) => laid.edge(String(from), String(to)).points.map(({ y }) => y));
  const [top, low] = [Math.min(0, ...ys.map((y) => y - 5)), Math.max(height, ...ys.map((y) => y + 5))];
  return { width, top, height: low - top };
}

function begin(nodes) {
  const chosen = nodes.findIndex((node) => node.chosen);
  return chosen < 0 ? 0 : chosen;
}

function element(name, words, text) {
  const made = document.createElementNS(SVG, name);
  for (const [word, value] of Object.entries(words)) made.setAttribute(word, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function line([from, to, broken, says], laid, wide) {
  const [start, end, { points }] = [laid.node(String(from)), laid.node(String(to)), laid.edge(String(from), String(to))];
  const between = points.length > 3 ? points.slice(1, -1) : []; // where it goes round others
  const [x, y] = [end.x - wide / 2, end.y];
  const mark = broken ? " broken" : "";
  const size = broken ? 9 : 7;
  const stops = [{ x: start.x + wide / 2, y: start.y }, ...between, { x: x - size / 2, y }];
  const path = element("path", { class: `edge${mark}`, d: curve(stops) });
  if (says) path.append(element("title", {}, says));
  return [path, element("polygon", { class: `tip${mark}`, points: `${x},${y} ${x - size},${y - size / 2} ${x - size},${y + size / 2}` })];
}

function curve([first, ...rest]) {
  let [path, last] = [`M${first.x},${first.y}`, first];
  for (const next of rest) {
    const middle = (last.x + next.x) / 2;
    path += ` C${middle},${last.y} ${middle},${next.y} ${next.x},${next.y}`;
    last = next;
  }
  return path;
}

function block(node, n, { x, y }, edges, wide) {
  const opens = Boolean(node.kind);
  const words = ["node", node.chosen && "chosen", node.broken && "broken", opens && "opens"].filter(Boolean).join(" ");
  const beside = (side) => edges.filter((edge) => edge[side] === n).length;
  const spoken = [`${node.kind} ${node.name}`.trim(), node.detail, node.broken && "broken", `${beside(1)} before it`, `${beside(0)} after it`];
  const group = element("g", {
    class: words, tabindex: "-1", role: opens ? "button" : "img", transform: `translate(${x - wide / 2},${y - HIGH / 2})`,
    "aria-label": spoken.filter(Boolean).join(", "), "data-n": n,
  });
  group.append(element("title", {}, [node.name, node.detail].filter(Boolean).join("\n")));
  group.append(element("rect", { width: wide, height: HIGH, rx: 5 }));
  if (node.icon) group.append(element("text", { class: "icon", x: 7, y: HIGH / 2 + 8, "aria-hidden": "true" }, node.icon));
  const left = node.icon ? 29 : 10;
  group.append(element("text", { class: "label", x: left, y: node.detail ? 17 : 25 }, short(node.label, (wide - left - 6) / LABEL)));
  if (node.detail) group.append(element("text", { class: "detail", x: left, y: 32 }, short(node.detail, (wide - left - 6) / DETAIL)));
  return group;
}

function short(text, most) {
  return text.length > most ? `${text.slice(0, Math.floor(most) - 1)}…` : text;
}

function walk(svg, drawn, nodes, edges, laid, choose) {
  const go = (n) => {
    drawn.forEach((one, at) => one.setAttribute("tabindex", at === n ? "0" : "-1"));
    drawn[n].focus();
    drawn[n].scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const nearest = (from, many) => {
    const here = laid.node(String(from));
    const apart = (n) => Math.hypot(laid.node(String(n)).x - here.x, laid.node(String(n)).y - here.y);
    return [...many].sort((a, b) => apart(a) - apart(b))[0];
  };
  const beside = (n, step) => {
    const here = laid.node(String(n));
    const column = nodes.map((_, at) => at).filter((at) => Math.abs(laid.node(String(at)).x - here.x) < 2);
    return nearest(n, column.filter((at) => (laid.node(String(at)).y - here.y) * step > 0));
  };
  const steps = {
    ArrowRight: (n) => nearest(n, edges.filter((edge) => edge[0] === n).map((edge) => edge[1])),
    ArrowLeft: (n) => nearest(n, edges.filter((edge) => edge[1] === n).map((edge) => edge[0])),
    ArrowDown: (n) => beside(n, 1),
    ArrowUp: (n) => beside(n, -1),
  };
  if (drawn.length) drawn[begin(nodes)].setAttribute("tabindex", "0");
  svg.addEventListener("click", (event) => {
    const group = event.target.closest(".node.opens");
    if (group) choose(Number(group.dataset.n));
  });
  svg.addEventListener("keydown", (event) => {
    const group = event.target.closest(".node");
    if (!group) return;
    const n = Number(group.dataset.n);
    if (event.key === "Enter" || event.key === " ") {
      if (nodes[n].kind) choose(n);
    } else if (event.key in steps) {
      const next = steps[event.key](n);
      if (next !== undefined) go(next);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}
