// The colours of a map with what they stand for; without a kind they are not shown.
const SCALES = {
  error: ["absolute difference as scored, mean over channels, one scale for all methods of this image", "what is larger is drawn as the last colour"],
  ssim: ["SSIM at each window's centre, mean over channels", "below 0 is drawn as 0"],
};

function showScale(place, kind, top) {
  place.hidden = kind === null;
  if (kind === null) return;
  const [low, high] = kind === "ssim" ? ["1", "0"] : ["0", String(top)];
  place.querySelector("[data-end=low]").textContent = low;
  place.querySelector("[data-end=high]").textContent = high;
  place.querySelector(".small").textContent = `${SCALES[kind].join("; ")}. Bright is bad.`;
}

