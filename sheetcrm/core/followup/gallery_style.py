"""How the gallery looks: light and dark, desktop and phone, paper."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--ink:#1b1f24;--soft:#667085;
--line:#e3e6ea;--tint:#eef4f0;--accent:#0b6b50;--shade:0 1px 2px rgb(16 24 40/.06),
0 4px 16px rgb(16 24 40/.05)}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--card:#1d2125;--ink:#e8eaed;
--soft:#9aa4af;--line:#30363d;--tint:#1c2b26;--accent:#5fc9a3;--shade:none}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:16px}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
h1{margin:0;font-size:26px;line-height:1.2;letter-spacing:-.01em}
h2{margin:2px 0 10px;font-size:20px;line-height:1.3;letter-spacing:-.01em;overflow-wrap:anywhere}
a{color:inherit;text-decoration:none}
.top{padding:28px 24px 20px;border-bottom:1px solid var(--line);background:var(--card)}
.top p{margin:6px 0 0;color:var(--soft);max-width:70ch}
.filters{margin-top:16px}
fieldset{display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin:8px 0 0;padding:0;border:0}
legend{float:left;width:78px;padding:0;color:var(--soft);font-size:13px}
input[type=radio]{position:absolute;opacity:0}
fieldset span{display:block;padding:3px 12px;border:1px solid var(--line);border-radius:99px;
cursor:pointer;font-size:13px;line-height:1.6}
fieldset small{color:var(--soft)}
input:checked+span{background:var(--accent);border-color:var(--accent);color:var(--card)}
input:checked+span small{color:inherit;opacity:.75}
input:focus-visible+span{outline:2px solid var(--accent);outline-offset:2px}
.page{display:grid;grid-template-columns:240px minmax(0,1fr);gap:24px;padding:24px;
max-width:1480px;margin:0 auto}
nav{position:sticky;top:16px;align-self:start;max-height:calc(100vh - 32px);overflow:auto;
border:1px solid var(--line);border-radius:12px;background:var(--card)}
nav ol{margin:0;padding:6px;list-style:none}
nav a{display:grid;grid-template-columns:1fr auto;gap:0 8px;padding:8px 10px;border-radius:8px;
font-size:13px;line-height:1.4}
nav a:hover,nav a:focus-visible{background:var(--tint)}
nav b{font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
nav i{font-style:normal;color:var(--accent);font-weight:600}
nav span{grid-column:1/-1;color:var(--soft);overflow:hidden;text-overflow:ellipsis;
white-space:nowrap}
article{margin:0 0 24px;padding:22px;border:1px solid var(--line);border-radius:14px;
background:var(--card);box-shadow:var(--shade)}
article:target{border-color:var(--accent)}
article p{margin:0}
.to{font-weight:600}
.to small{font-weight:400;color:var(--soft);font-size:inherit}
.tags{display:flex;flex-wrap:wrap;gap:6px}
.tags span{padding:1px 10px;border-radius:99px;background:var(--tint);color:var(--accent);
font-size:13px}
.why,.file{color:var(--soft);font-size:13px;overflow-wrap:anywhere}
article .why{margin-top:10px}
.why b,.file b{display:inline-block;min-width:36px;color:var(--ink);font-weight:600}
.views{display:flex;flex-wrap:wrap;gap:20px;margin:20px 0 12px}
figure{margin:0;min-width:0}
figcaption{margin:0 0 6px;color:var(--soft);font-size:13px}
iframe{display:block;max-width:100%;border:1px solid var(--line);border-radius:10px;
background:#fff;color-scheme:light}
.phone iframe{border-width:6px;border-color:#22272c;border-radius:24px;width:387px}
.unframed,.none{padding:12px 0;color:var(--soft)}
details{border-top:1px solid var(--line)}
summary{padding:10px 0;cursor:pointer;color:var(--soft);font-size:14px}
summary:hover{color:var(--ink)}
pre{margin:0 0 16px;padding:16px;overflow:auto;border-radius:10px;background:var(--ground);
font:13px/1.55 ui-monospace,"SF Mono",Menlo,Consolas,monospace;white-space:pre-wrap;
overflow-wrap:anywhere}
table{border-collapse:collapse;font-size:13px;margin-bottom:12px}
th,td{padding:4px 16px 4px 0;text-align:left;vertical-align:top}
th{color:var(--soft);font-weight:400;white-space:nowrap}
td{overflow-wrap:anywhere}
@media (max-width:900px){.top{padding:22px 16px 16px}.page{display:block;padding:16px}
nav{position:static;max-height:260px;margin-bottom:16px}article{padding:16px}
legend{float:none;width:100%}.views{gap:16px}.desktop{display:none}}
@media print{nav,.filters{display:none}.page{display:block}article{break-inside:avoid}}
"""
