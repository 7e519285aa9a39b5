"""How the health page looks: light and dark, desktop and phone, paper."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--ink:#1b1f24;--soft:#5b6472;
--line:#dfe3e8;--error:#b42318;--warning:#8a5300;--note:#3b5b92;--code:#eef0f3}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--card:#1d2125;--ink:#e8eaed;
--soft:#a3adb8;--line:#30363d;--error:#ff9d92;--warning:#f0c069;--note:#9dbcf5;--code:#2a3036}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
header,main,footer{max-width:1120px;margin:0 auto;padding:0 24px}
header{padding-top:32px}
h1{margin:0;font-size:28px;line-height:1.2;letter-spacing:-.01em}
h2{margin:36px 0 12px;font-size:21px;line-height:1.3;overflow-wrap:anywhere}
h2 small,h3 small{color:var(--soft);font-weight:400;font-size:.75em}
h3{margin:28px 0 10px;font-size:17px;color:var(--tone)}
h4{margin:0;font-size:16px;line-height:1.4;font-weight:600;overflow-wrap:anywhere}
header p{margin:8px 0 0;max-width:70ch}
.small{color:var(--soft);font-size:14px}
.error{--tone:var(--error)}.warning{--tone:var(--warning)}.note{--tone:var(--note)}
.sign{display:inline-block;width:1.2em;color:var(--tone)}
dl,dd,dt{margin:0}
.reach{display:flex;flex-wrap:wrap;gap:10px}
.reach div{display:flex;flex-direction:column-reverse;justify-content:flex-end;flex:1 1 150px;
padding:10px 14px;background:var(--card);border:1px solid var(--line);border-radius:10px}
.reach dt{color:var(--soft);font-size:14px;line-height:1.35}
.reach dd{font-size:20px;font-weight:600;font-variant-numeric:tabular-nums}
article{margin:0 0 10px;padding:14px 18px 16px;background:var(--card);
border:1px solid var(--line);border-left:4px solid var(--tone);border-radius:10px;
break-inside:avoid}
article.warning{border-left-style:double;border-left-width:6px}
article.note{border-left-style:dotted}
.count{display:inline-block;min-width:1.8em;padding:0 .5em;border:1px solid var(--line);
border-radius:99px;font-size:13px;font-weight:600;text-align:center;
font-variant-numeric:tabular-nums}
.where{margin:0;font-variant-numeric:tabular-nums}
article dl{display:grid;gap:6px;margin:10px 0 0 1.2em}
article dl div{display:grid;grid-template-columns:150px minmax(0,1fr);gap:0 16px}
article dt{color:var(--soft);font-size:14px;padding-top:1px}
article dd{max-width:75ch;overflow-wrap:anywhere}
ul{margin:2px 0 8px;padding:0;list-style:none;font-size:15px}
li i{display:inline-block;min-width:3.2em;color:var(--soft);font-style:normal;
font-variant-numeric:tabular-nums}
code{padding:1px 5px;border-radius:4px;background:var(--code);
font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
white-space:pre-wrap;overflow-wrap:anywhere}
.fine{font-weight:600}
p.error{padding:14px 18px;background:var(--card);border:1px solid var(--line);
border-left:4px solid var(--tone);border-radius:10px}
footer{padding-top:20px;padding-bottom:40px}
@media (max-width:640px){
header,main,footer{padding-left:14px;padding-right:14px}
header{padding-top:20px}
h1{font-size:23px}
.reach div{flex-basis:44%}
article{padding:12px 14px 14px}
article dl{margin-left:0}
article dl div{grid-template-columns:minmax(0,1fr)}
}
@media print{:root{--ground:#fff;--card:#fff}body{font-size:12px}article{border-color:#999}}
"""
