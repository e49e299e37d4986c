/** The report's style: of its own, since it stands alone; light and dark on screens, light on paper. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1b1d20; --soft: #4b5258; --line: #d5d9dd; --ground: #fff; --train: #1a66c2; --validation: #c2540a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --soft: #b4bac0; --line: #3a3f45; --ground: #1b1d20; --train: #6db3ff; --validation: #ffa257; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 860px; margin: 0 auto; padding: 24px 16px 64px; }
h1, h2, h3, p, dd, th, li { overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 26px; }
h2 { margin: 40px 0 12px; padding-top: 16px; border-top: 1px solid var(--line); font-size: 20px; }
h3 { margin: 20px 0 4px; font-size: 16px; }
p { margin: 0 0 8px; }
figure { margin: 24px 0; }
svg { display: block; width: 100%; height: auto; }
dl { display: grid; grid-template-columns: minmax(120px, 260px) 1fr; gap: 4px 16px; margin: 0 0 16px; }
dt { color: var(--soft); }
dd { margin: 0; }
.scroll { overflow-x: auto; margin: 8px 0 16px; }
table { border-collapse: collapse; font-size: 13px; }
caption { padding: 4px 0; color: var(--soft); text-align: left; }
th, td { padding: 3px 10px 3px 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child { text-align: left; }
th[scope=col] { min-width: 4em; }
th[scope=row] { min-width: 7em; font-weight: 400; }
pre { padding: 12px; border: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px; }
.grid { stroke: var(--line); }
.level { stroke: var(--soft); stroke-dasharray: 2 4; }
.tick, .axis { fill: var(--soft); font-size: 12px; }
.name { font-size: 12px; font-weight: 600; }
.line { fill: none; stroke: currentColor; stroke-width: 2; }
.band { fill: currentColor; fill-opacity: 0.16; }
circle { fill: var(--ground); stroke: currentColor; stroke-width: 1.5; }
.name { fill: currentColor; }
.c-train { color: var(--train); }
.c-validation { color: var(--validation); }
.c-faint { color: var(--soft); opacity: 0.55; }
.c-0 { color: #1f7d72; } .c-1 { color: #b85c00; } .c-2 { color: #6f42c1; } .c-3 { color: #b3186d; } .c-4 { color: #2f7fb5; } .c-5 { color: #8a6d00; } .c-6 { color: #2e7d32; } .c-7 { color: #8d4b32; }
@media (prefers-color-scheme: dark) {
  .c-0 { color: #4dd0b8; } .c-1 { color: #e69f00; } .c-2 { color: #b79cf0; } .c-3 { color: #ff8ac4; } .c-4 { color: #8fcdf2; } .c-5 { color: #e6cf55; } .c-6 { color: #8fd694; } .c-7 { color: #e0a184; }
}
@page { size: A4; margin: 14mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #333; --line: #bbb; --ground: #fff; --train: #1a66c2; --validation: #c2540a; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  table { font-size: 8pt; }
  th, td { padding-right: 6px; }
  .scroll { overflow: visible; }
  figure svg, h2, h3 { break-inside: avoid; break-after: avoid; }
  tr { break-inside: avoid; }
}
`;
