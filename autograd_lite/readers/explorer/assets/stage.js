// The graph and the list of steps: what is marked, what can be clicked.

const marks = new Map(Object.keys(values).map((id) => [id, []]));
const edges = [];

/** The node that a step is drawn in: its own, its box, or a later one which it helps to compute. */
function home(id, picture) {
  if (!picture || !id || marks.get(id).some((target) => target.ownerSVGElement === picture)) return id;
  if (picture === pictures.layers) return boxes[id] ?? id;
  const next = values[id].users.find((user) => steps[at.get(user) - 1].through === steps[at.get(id) - 1]?.through);
  return next ? home(next, picture) : id;
}

/** Nodes of which a part is there already are there. */
const begun = (id, picture) => isThere(id) || id === home(steps[state.time - 1]?.id, picture);

/** A box of several steps opens: its first step is shown among all others. */
function opens(target, id) {
  const inside = steps.filter((step) => boxes[step.id] === id);
  if (target.ownerSVGElement !== pictures.layers || inside.length < 2) return go(id);
  view(pictures.graph ? "graph" : "program");
  go(inside[0].id);
}

function clickable(target, id) {
  marks.get(id).push(target);
  target.tabIndex = 0;
  target.setAttribute("aria-label", `${values[id].name}, ${values[id].shape}`);
  target.addEventListener("click", () => opens(target, id));
  target.addEventListener("keydown", (event) => {
    if (event.key === "Enter") opens(target, id);
  });
  target.addEventListener("pointermove", (event) => tip(hint(id), event));
  target.addEventListener("pointerleave", noTip);
}

function prepare() {
  steps.forEach((step) => {
    const text = `${values[step.id].name} = ${step.text}`;
    const item = element("li", { textContent: text, className: step.backward ? "backward" : "" });
    item.setAttribute("role", "button");
    $("program").append(item);
    clickable(item, step.id);
    $("phases").append(element("span", { className: step.backward ? "backward" : "" }));
  });
  for (const span of $("phases").children) span.style.flex = 1;
  $("slider").max = steps.length;
  for (const picture of Object.values(pictures)) if (picture) connect(picture);
  for (const name of Object.keys(pictures)) $(`show-${name}`).hidden = !pictures[name];
  const first = Object.keys(pictures).find((name) => pictures[name]);
  $("missing").hidden = Boolean(first);
  $("views").hidden = !first;
  view(first ?? "program");
}

/** What can be clicked in a picture, and which of its edges lead where. */
function connect(picture) {
  for (const group of picture.querySelectorAll("g.node, g.edge")) {
    const [from, to] = (group.querySelector("title")?.textContent ?? "").split("->").map((end) => end.split(":")[0]);
    if (group.matches(".node") && marks.has(group.id)) {
      group.setAttribute("role", "button");
      group.classList.toggle("backward", Boolean(steps[at.get(group.id) - 1]?.backward));
      group.classList.toggle("broken", picture === pictures.graph && broken(values[group.id]));
      clickable(group, group.id);
    } else if (to) {
      const edge = against(from, to, picture) ? { group, from: to, to: from } : { group, from, to };
      group.classList.toggle("backward", Boolean(steps[at.get(edge.to) - 1]?.backward));
      edges.push({ ...edge, picture });
    }
  }
  // our own tips take the place of the browser's
  picture.querySelectorAll("title").forEach((title) => title.remove());
  picture.querySelectorAll("a").forEach((a) => a.removeAttributeNS("http://www.w3.org/1999/xlink", "title"));
}

/** Whether an edge is drawn against the flow, for the layout; boxes end with their last step. */
function against(from, to, picture) {
  if (picture === pictures.graph) return values[to]?.users.includes(from);
  return (at.get(from) ?? 0) > (at.get(to) ?? 0);
}

const broken = (array) => [array.min, array.max].some((x) => typeof x === "string");

function stage() {
  const current = steps[state.time - 1];
  const used = new Set(current?.operands);
  const now = (picture) => home(current?.id, picture);
  for (const [other, targets] of marks) for (const target of targets) {
    const picture = target.ownerSVGElement;
    const isNow = other === now(picture);
    target.classList.toggle("later", picture ? !begun(other, picture) : !isThere(other));
    target.classList.toggle("now", isNow);
    target.classList.toggle("used", used.has(other));
    target.classList.toggle("chosen", other === state.chosen);
    if (isNow) target.setAttribute("aria-current", "step");
    else target.removeAttribute("aria-current");
  }
  for (const { group, from, to, picture } of edges) {
    group.classList.toggle("later", !(begun(from, picture) && begun(to, picture)));
    group.classList.toggle("used", to === now(picture));
  }
  follow();
}

/** What is looked at comes into view: at the start that is the first step. */
function follow() {
  const id = (steps[state.time - 1] ?? steps[0])?.id;
  const seen = (targets) => targets?.find((target) => target.getClientRects().length);
  const there = seen(marks.get(state.chosen ?? id)) ?? seen(marks.get(home(id, pictures[state.view])));
  if (there) bring(there);
}

function bring(target) {
  const [box, frame] = [target.getBoundingClientRect(), $("stage").getBoundingClientRect()];
  const outside = box.top < frame.top + 30 || box.bottom > frame.bottom - 30 || box.left < frame.left || box.right > frame.right;
  if (outside) $("stage").scrollBy({
    left: (box.left + box.right - frame.left - frame.right) / 2,
    top: (box.top + box.bottom - frame.top - frame.bottom) / 2,
    behavior: calm.matches || state.timer ? "instant" : "smooth",
  });
}

/** Text of 11 units is read from so many pixels on. */
const READABLE = 12 / 11;
/** What the panel takes beside the graph. */
const PANEL = 480;

/** The graph larger or smaller; by 0, all of it; by nothing, so that its text can be read. */
function resize(factor) {
  const svg = pictures[state.view];
  if (!svg) return;
  const { width, height } = svg.viewBox.baseVal;
  const broad = width > 1.2 * height && width * READABLE > innerWidth - PANEL;
  document.body.classList.toggle("wide", broad || width > 2.5 * height); // then it gets the whole width
  const room = ($("stage").clientWidth - 24) / width;
  const tall = ($("stage").clientHeight - 24) / height;
  const readable = Math.min(1.4, Math.max(READABLE, Math.min(room, Math.max(tall, 1))));
  const whole = Math.min(1.4, room, tall);
  const wanted = factor === undefined ? readable : factor ? state.zoom * factor : whole;
  state.zoom = Math.min(4, Math.max(0.1, wanted));
  svg.setAttribute("width", width * state.zoom);
  svg.setAttribute("height", height * state.zoom);
  follow();
}

function view(name) {
  state.view = name;
  $("zoom").hidden = name === "program";
  for (const other of ["layers", "graph", "program"]) {
    $(other).hidden = other !== name;
    $(`show-${other}`).setAttribute("aria-pressed", other === name);
  }
  resize();
  stage();
}

// ---- tips ----

function hint(id) {
  const array = inTurn(values[id]);
  const step = steps[at.get(id) - 1];
  const lines = [step ? `${array.name} = ${step.text}` : array.path || array.name, `${array.shape} · ${array.dtype}`];
  if (array.gradientOf.length) lines.push(`gradient of ${listed(array.gradientOf)}`);
  if (array.cells && isThere(id)) {
    lines.push(array.size === 1 ? number(array.cells[0][0]) : `from ${number(array.min)} to ${number(array.max)}`);
  }
  return lines.join("\n");
}

function tip(text, event) {
  if (event.pointerType === "touch") return;
  const box = $("tip");
  box.textContent = text;
  box.hidden = false;
  box.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 8))}px`;
  const below = event.clientY + 18;
  box.style.top = `${below + box.offsetHeight > innerHeight ? event.clientY - box.offsetHeight - 10 : below}px`;
}

function noTip() {
  $("tip").hidden = true;
}
