// An array as a heat map: a table of numbers if it is small, else a picture.

// ---- colours: blue below zero, orange above ----

function palette() {
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => style.getPropertyValue(name).match(/[0-9a-f]{2}/gi).map((h) => parseInt(h, 16));
  return { low: rgb("--low"), zero: rgb("--zero"), high: rgb("--high"), none: rgb("--none") };
}

function colour(x, scale, colours) {
  if (x === "nan") return colours.none;
  const t = typeof x === "string" ? (x === "inf" ? 1 : -1) : scale ? x / scale : 0;
  const end = t < 0 ? colours.low : colours.high;
  return colours.zero.map((z, k) => Math.round(z + (end[k] - z) * Math.abs(t)));
}

function ink([r, g, b]) {
  const linear = [r, g, b].map((c) => (c / 255) ** 2.2);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.2 ? "#000" : "#fff";
}

// ---- arrays ----

function heatMap(array, name) {
  const { cells, labels } = array;
  const colours = palette();
  const finite = cells.flat().filter((x) => typeof x === "number");
  const scale = finite.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const small = cells.length <= 16 && cells[0].length <= 8;
  const map = small ? numbered(cells, labels, scale, colours) : painted(cells, array, scale, colours);
  map.setAttribute("aria-label", `${name}: ${array.shape}, from ${number(array.min)} to ${number(array.max)}`);
  const legend = element("div", { className: "legend" }, `−${number(scale)}`, element("i"),
    `+${number(scale)}`, element("span", { textContent: "0 in the middle" }));
  return [element("div", { className: "scroll" }, map), scale ? legend : null];
}

function numbered(cells, labels, scale, colours) {
  const table = element("table", { className: "heat number" });
  cells.forEach((row, i) => row.forEach((x, j) => {
    if (j === 0) table.insertRow();
    const cell = table.rows[i].insertCell();
    const fill = colour(x, scale, colours);
    cell.textContent = labels ? labels[i][j] : number(x);
    cell.style.background = `rgb(${fill})`;
    cell.style.color = ink(fill);
  }));
  return table;
}

function painted(cells, array, scale, colours) {
  const [rows, columns] = [cells.length, cells[0].length];
  const canvas = element("canvas", { width: columns, height: rows });
  canvas.setAttribute("role", "img");
  const image = new ImageData(columns, rows);
  cells.flat().forEach((x, k) => image.data.set([...colour(x, scale, colours), 255], 4 * k));
  canvas.getContext("2d").putImageData(image, 0, 0);
  canvas.style.height = `${Math.max(22, Math.min(240, (400 * rows) / columns))}px`;
  canvas.style.maxWidth = `${Math.max(22, (240 * columns) / rows)}px`;
  canvas.onpointermove = (event) => {
    const box = canvas.getBoundingClientRect();
    const i = Math.min(rows - 1, Math.floor(((event.clientY - box.top) / box.height) * rows));
    const j = Math.min(columns - 1, Math.floor(((event.clientX - box.left) / box.width) * columns));
    tip(`${where(i, rows, array.rows)}, ${where(j, columns, array.columns)}: ${number(cells[i][j])}`, event);
  };
  canvas.onpointerleave = noTip;
  return canvas;
}

function where(k, blocks, n) {
  const [first, last] = [Math.floor((k * n) / blocks), Math.floor(((k + 1) * n) / blocks) - 1];
  return first === last ? `${first}` : `${first}…${last}`;
}

function facts(array) {
  if (!array.cells) return `${array.shape} ${array.dtype}, no numbers to show`;
  if (array.size === 1) return "";
  const parts = [["min", "min"], ["max", "max"], ["mean", "mean"]].map(([k, name]) => `${name} ${number(array[k])}`);
  if (array.corners) parts.push(`means over blocks; corners ${array.corners.map(number).join(", ")}`);
  return parts.join(" · ");
}

