// What is wrong with the layout of a page, a sentence each. names: words from outside, which may be long beyond measure.
// A word of ours is never broken. A name is where it is wider than its column, and leaves a good part on each line.
(names) => {
  const LETTERS = 8, HEADING_PX = 80, ROW_LINES = 6;
  const wrong = new Set();
  const isShown = (one) => one.checkVisibility() && !one.closest("select, datalist, textarea, script, svg, .hidden, .skip")
    && !(one.closest("thead")?.getBoundingClientRect().width <= 1);
  const placeOf = (one) => {
    while (["inline", "contents"].includes(getComputedStyle(one).display)) one = one.parentElement;
    return one;
  };
  const insideOf = (place) => {
    const style = getComputedStyle(place), box = place.getBoundingClientRect();
    return {left: box.left + parseFloat(style.paddingLeft), right: box.right - parseFloat(style.paddingRight)};
  };
  const nameOf = (one) => `<${one.tagName.toLowerCase()} class="${one.getAttribute("class") ?? ""}">`;

  if (document.documentElement.scrollWidth > innerWidth)
    wrong.add(`it is ${document.documentElement.scrollWidth} px wide, and scrolls`);

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    if (!text.data.trim() || !isShown(text.parentElement)) continue;
    const place = placeOf(text.parentElement), inside = insideOf(place);
    for (const match of text.data.matchAll(/[^\s\-–/]+[\-–/]?/g)) {
      const word = match[0], range = document.createRange();
      range.setStart(text, match.index);
      range.setEnd(text, match.index + word.length);
      const rects = [...range.getClientRects()].filter((rect) => rect.width > 0.5);
      const lines = Map.groupBy(rects, (rect) => Math.round(rect.top / 4));
      const widths = [...lines.values()].map((parts) => parts.reduce((sum, part) => sum + part.width, 0));
      const whole = widths.reduce((sum, width) => sum + width, 0), column = inside.right - inside.left;
      if (widths.length > 1) {
        const is_long = names.some((name) => name.includes(word.replaceAll(/^[^\p{L}]+|[^\p{L}\p{N}]+$/gu, ""))) && whole > column;
        const least = Math.min(...widths.slice(0, -1)) / whole * word.length;
        if (!is_long || least < LETTERS - 0.5)
          wrong.add(`"${word}" is broken into ${widths.length} in ${nameOf(place)}, ${Math.round(column)} px of ${Math.round(whole)}`);
      }
      const right = Math.max(...rects.map((rect) => rect.right));
      if (right > inside.right + 1.5)
        wrong.add(`"${word}" stands ${Math.round(right - inside.right)} px beyond ${nameOf(place)}`);
    }
  }

  // The headings that stand in each cell where a table is shown as cards are no text of the document.
  const paper = document.createElement("canvas").getContext("2d");
  for (const cell of document.querySelectorAll("td[data-label], th[data-label]")) {
    const style = getComputedStyle(cell, "::before"), inside = insideOf(cell);
    if (!isShown(cell) || style.content === "none" || style.display === "none") continue;
    paper.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    paper.letterSpacing = style.letterSpacing === "normal" ? "0px" : style.letterSpacing;
    for (const word of cell.dataset.label.split(/\s+/))
      if (paper.measureText(word).width > inside.right - inside.left + 1)
        wrong.add(`the heading "${word}" is wider than ${nameOf(cell)}`);
  }

  for (const table of document.querySelectorAll("table")) {
    const beyond = table.getBoundingClientRect().right - insideOf(table.parentElement).right;
    if (beyond > 1) wrong.add(`a table stands ${Math.round(beyond)} px beyond ${nameOf(table.parentElement)}`);
  }
  for (const head of document.querySelectorAll("thead")) {
    const height = head.getBoundingClientRect().height;
    if (height >= HEADING_PX) wrong.add(`a heading is ${Math.round(height)} px high`);
  }
  for (const row of document.querySelectorAll("tbody tr")) {
    const style = getComputedStyle(row), height = row.getBoundingClientRect().height;
    const lines = height / parseFloat(style.lineHeight);
    if (style.display === "table-row" && lines > ROW_LINES) wrong.add(`a row is ${lines.toFixed(1)} lines high`);
  }
  return [...wrong];
}
