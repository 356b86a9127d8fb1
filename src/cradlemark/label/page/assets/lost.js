/* For an address without a label: says whether its number can be one at all. A made-up or mistyped number does not fit its check
   characters (ISO/IEC 7064, MOD 1271-36). Without this script the page says the same in general words. */
(() => {
  "use strict";
  const main = document.getElementById("content"), { root, mark } = main.dataset;
  const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", ALIKE = { I: "1", L: "1", O: "0", U: "V" };
  const MODULUS = 1271, RADIX = 36;
  const checkOf = (text) => {
    let total = 0;
    for (const character of text) total = (total * RADIX + CHARACTERS.indexOf(character)) % MODULUS;
    const rest = (((1 - total * RADIX * RADIX) % MODULUS) + MODULUS) % MODULUS;
    return CHARACTERS[Math.floor(rest / RADIX)] + CHARACTERS[rest % RADIX];
  };
  const fits = (number) => {
    const found = /^([A-Z][0-9A-Z]{1,5})-([0-9A-HJKMNP-TV-Z]{6,13})-([0-9A-Z]{2})$/.exec(number);
    return found !== null && checkOf(found[1] + found[2]) === found[3];
  };

  const asked = new URLSearchParams(location.search).get("label") ?? (/\/l\/([^/]+)/i.exec(location.pathname) ?? [])[1];
  if (!asked) return;
  let code;
  try { code = decodeURIComponent(asked); } catch { return; }
  code = code.toUpperCase().replace(/[^0-9A-Z]+/g, "-").replace(/^-|-$/g, "");
  const bare = code.replace(/-/g, "");
  if (bare.length < 8 || bare.length > 24) return;

  // Without hyphens only a number of this programme can be divided.
  const own = code.includes("-") ? code.split("-")[0] === mark : bare.startsWith(mark);
  const running = own ? bare.slice(mark.length, -2) : "";
  const mended = `${mark}-${running.replace(/[ILOU]/g, (one) => ALIKE[one])}-${bare.slice(-2)}`;
  const finding = !fits(code) ? "check" : own ? "issued" : "other";
  for (const line of document.querySelectorAll(".finding")) {
    line.textContent = line.dataset[finding].replace("{code}", code);
    line.hidden = false;
  }
  if (!own || fits(code) || !fits(mended)) return;
  for (const line of document.querySelectorAll(".near")) {
    const [before, after] = line.dataset.near.split("{code}");
    const link = Object.assign(document.createElement("a"), { href: `${root}l/${mended}/`, textContent: mended });
    line.append(before, link, after);
    line.hidden = false;
  }
})();
