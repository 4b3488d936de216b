// Where the focus is, and whether it is seen; null at the page's end.
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const box = element.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    place: window.expectedStops.indexOf(element),
    markup: element.outerHTML.slice(0, 90),
    seen: outlined || style.boxShadow !== "none",
    inside: inside && box.width > 0 && box.height > 0,
  };
}
