"""What `spoken` says of cells and messages, in Indonesian and Spanish: English → theirs."""

from __future__ import annotations

from collections.abc import Mapping

_ID = {
    "{} cannot be read as {}": "{} tidak terbaca sebagai {}",
    "the cell shows the error {} instead of {}": "sel menampilkan galat {}, bukan {}",
    "{} is read as {} ({})": "{} dibaca sebagai {} ({})",
    "a phone number": "nomor telepon",
    "an amount of money": "jumlah uang",
    "a date": "tanggal",
    "a number": "angka",
    "an e-mail address": "alamat email",
    "a country": "negara",
    "yes or no": "ya atau tidak",
    "text": "teks",
    "a list": "daftar",
    "the first of several numbers": "yang pertama dari beberapa nomor",
    "the first of several addresses": "yang pertama dari beberapa alamat",
    "the first of the month": "tanggal satu bulan itu",
    "days and months stand in both orders in this column": (
        "urutan hari dan bulan di kolom ini tidak seragam"
    ),
    "a slip of the pen was mended": "salah ketik dibetulkan",
    "the domain {} looks misspelt": "domain {} tampaknya salah ketik",
    "in {}, while the workspace counts in {}": "dalam {}, sedangkan ruang kerja memakai {}",
    "the lower end of a range": "batas bawah rentang",
    "a limit read as an amount": "batas dibaca sebagai jumlah",
    "“{}” was left out": "“{}” diabaikan",
    "a single “{}” is the decimal sign here": "satu “{}” di sini berarti tanda desimal",
    "the same {} as in {}: {}": "{} sama dengan {}: {}",
    "email": "email",
    "phone": "telepon",
    "{}; this one is the new lead {}": "{}; baris ini menjadi lead baru {}",
    "the id {} in this row belongs to row {}": "id {} di baris ini milik baris {}",
    "the id {} stands in {} too": "id {} juga ada di {}",
    "this row or {} may be {}": "baris ini atau {} mungkin {}",
    "this row may be {}": "baris ini mungkin {}",
    "the ids of this tab were moved; is this row {}?": (
        "id di tab ini berpindah; apakah baris ini {}?"
    ),
    "row {}": "baris {}",
    "{} or {}": "{} atau {}",
    "rules that cannot be read for this lead: {}": "aturan yang gagal untuk lead ini: {}",
    "{} and {} more": "{} dan {} lagi",
    "somebody wrote the stage {}, which is none of ours; it is kept": (
        "tahap {} diisi orang dan tidak ada di daftar; dibiarkan"
    ),
    "{} without a reason": "{} tanpa alasan",
    "{} without a date": "{} tanpa tanggal",
    "{}, step {} is held: {}": "{}, langkah {} ditahan: {}",
    "no WhatsApp link: {}": "tidak ada tautan WhatsApp: {}",
    "the e-mail address cannot be read": "alamat email tidak terbaca",
    "there is no e-mail address": "tidak ada alamat email",
    "the sheet says that the lead does not consent": "menurut lembar, lead ini tidak setuju",
    "what the sheet says of the lead's consent cannot be read": (
        "isi lembar tentang persetujuan lead ini tidak terbaca"
    ),
    "another row of the same person is {} ({}row {})": (
        "baris lain dari orang yang sama ada di {} ({}baris {})"
    ),
    "{} (templates/{}{})": "{} (templates/{}{})",
    "{} {}": "{} {}",
    "is empty": "kosong",
    "is a link": "adalah tautan",
    "is a link, not a name": "adalah tautan, bukan nama",
    "is not given in the config": "tidak ada di konfigurasi",
    "“{}” does nothing: the draft lies as a file, which somebody may have sent": (
        "“{}” tidak berlaku: draf ini berupa berkas, mungkin sudah dikirim orang"
    ),
    "“{}” does nothing: the draft is no longer where it lay, and counts as sent": (
        "“{}” tidak berlaku: draf tidak ada lagi di tempatnya, dianggap terkirim"
    ),
    "“{}” does nothing: here, people send the drafts themselves": (
        "“{}” tidak berlaku: di sini draf dikirim sendiri oleh orang"
    ),
    "no template {} is for this lead (in {})": "tidak ada templat {} untuk lead ini (bahasa: {})",
    "“{}” is not a date": "“{}” bukan tanggal",
    "its rule gives {}": "aturannya menghasilkan {}",
    "cannot be decided: {}": "tidak bisa diputuskan: {}",
    "“{}” cannot be written to": "“{}” tidak bisa dikirimi email",
    "many mail servers refuse “{}”, as not all before the @ is ASCII": (
        "banyak server email menolak “{}”, karena ada huruf khusus di depan @"
    ),
    "the domain of “{}” may imitate another one: “{}” mixes alphabets": (
        "domain “{}” mungkin meniru domain lain: “{}” mencampur beberapa aksara"
    ),
    "the message cannot be addressed: {}": "pesan tidak bisa dialamatkan: {}",
    "this run has written {} MB of attachments already": (
        "lampiran pada proses ini sudah mencapai {} MB"
    ),
    "is {}": "berisi {}",
    "'{}' is undefined": "{} tidak ada",
    "item {} is undefined": "butir {} tidak ada",
    "the subject is empty": "subjek kosong",
    "there is no picture “{}”": "gambar “{}” tidak ada",
    "{} cannot be asked of a value": "nilai tidak punya {}",
    "“{}” is for numbers": "“{}” hanya untuk angka",
    "“{}” is not available": "“{}” tidak tersedia",
    "division by zero": "pembagian dengan nol",
    "a number is too large": "ada angka yang terlalu besar",
    "more than 256 KB of text": "teks lebih dari 256 KB",
    "a loop goes over a list, and this is a single value": (
        "perulangan perlu daftar, sedangkan ini satu nilai"
    ),
    "money: “{}” is not a number": "money: “{}” bukan angka",
    "money: “{}” is not a currency, such as IDR or EUR": (
        "money: “{}” bukan mata uang, misalnya IDR atau EUR"
    ),
    "date: “{}” is not a date": "date: “{}” bukan tanggal",
    "date: no style “{}”; there is {}": "date: tidak ada gaya “{}”; yang ada {}",
    "the values do not fit: {}": "nilainya tidak cocok: {}",
    "{} · {}": "{} · {}",
    "{} since {}": "{} sejak {}",
    "{}, step {} of {}": "{}, langkah {} dari {}",
    "once more, as a person wants it · {}": "sekali lagi atas permintaan · {}",
    "language {}": "bahasa {}",
    "language {} (there is none in {})": "bahasa {} (tidak ada yang berbahasa {})",
    "stage {}": "tahap {}",
    "interest {}": "minat {}",
    "location {}": "lokasi {}",
    "location {} in {}": "lokasi {} di {}",
}
_ES = {
    "{} cannot be read as {}": "{} no se puede leer como {}",
    "the cell shows the error {} instead of {}": "la celda muestra el error {} en vez de {}",
    "{} is read as {} ({})": "{} se lee como {} ({})",
    "a phone number": "teléfono",
    "an amount of money": "importe",
    "a date": "fecha",
    "a number": "número",
    "an e-mail address": "correo electrónico",
    "a country": "país",
    "yes or no": "sí o no",
    "text": "texto",
    "a list": "lista",
    "the first of several numbers": "el primero de varios números",
    "the first of several addresses": "la primera de varias direcciones",
    "the first of the month": "el primero del mes",
    "days and months stand in both orders in this column": (
        "en esta columna el día y el mes van en los dos órdenes"
    ),
    "a slip of the pen was mended": "se corrigió una errata",
    "the domain {} looks misspelt": "el dominio {} parece mal escrito",
    "in {}, while the workspace counts in {}": "en {}; el espacio de trabajo usa {}",
    "the lower end of a range": "el mínimo de un rango",
    "a limit read as an amount": "un límite leído como importe",
    "“{}” was left out": "se omitió “{}”",
    "a single “{}” is the decimal sign here": "aquí “{}” es el signo decimal",
    "the same {} as in {}: {}": "el mismo {} que en {}: {}",
    "email": "correo",
    "phone": "teléfono",
    "{}; this one is the new lead {}": "{}; esta fila es el lead nuevo {}",
    "the id {} in this row belongs to row {}": "el id {} de esta fila es de la fila {}",
    "the id {} stands in {} too": "el id {} también está en la {}",
    "this row or {} may be {}": "esta fila o la {} puede ser {}",
    "this row may be {}": "esta fila puede ser {}",
    "the ids of this tab were moved; is this row {}?": (
        "los id de esta hoja se movieron; ¿es esta fila {}?"
    ),
    "row {}": "fila {}",
    "{} or {}": "{} o {}",
    "rules that cannot be read for this lead: {}": "reglas que fallan para este lead: {}",
    "{} and {} more": "{} y {} más",
    "somebody wrote the stage {}, which is none of ours; it is kept": (
        "alguien escribió la etapa {}, que no existe; se conserva"
    ),
    "{} without a reason": "{} sin motivo",
    "{} without a date": "{} sin fecha",
    "{}, step {} is held: {}": "{}, paso {} retenido: {}",
    "no WhatsApp link: {}": "sin enlace de WhatsApp: {}",
    "the e-mail address cannot be read": "el correo no se puede leer",
    "there is no e-mail address": "no hay correo",
    "the sheet says that the lead does not consent": "según la hoja, el lead no da su permiso",
    "what the sheet says of the lead's consent cannot be read": (
        "no se entiende lo que dice la hoja sobre el permiso del lead"
    ),
    "another row of the same person is {} ({}row {})": (
        "otra fila de la misma persona está en {} ({}fila {})"
    ),
    "{} (templates/{}{})": "{} (templates/{}{})",
    "{} {}": "{} {}",
    "is empty": "está vacío",
    "is a link": "es un enlace",
    "is a link, not a name": "es un enlace, no un nombre",
    "is not given in the config": "no está en la configuración",
    "“{}” does nothing: the draft lies as a file, which somebody may have sent": (
        "“{}” no tiene efecto: el borrador está en un archivo y quizá alguien ya lo envió"
    ),
    "“{}” does nothing: the draft is no longer where it lay, and counts as sent": (
        "“{}” no tiene efecto: el borrador ya no está en su sitio y cuenta como enviado"
    ),
    "“{}” does nothing: here, people send the drafts themselves": (
        "“{}” no tiene efecto: aquí los borradores los envía una persona"
    ),
    "no template {} is for this lead (in {})": "ninguna plantilla {} es para este lead (en {})",
    "“{}” is not a date": "“{}” no es una fecha",
    "its rule gives {}": "su regla da {}",
    "cannot be decided: {}": "no se puede decidir: {}",
    "“{}” cannot be written to": "no se puede escribir a “{}”",
    "many mail servers refuse “{}”, as not all before the @ is ASCII": (
        "muchos servidores de correo rechazan “{}” por los caracteres especiales antes de la @"
    ),
    "the domain of “{}” may imitate another one: “{}” mixes alphabets": (
        "el dominio de “{}” puede imitar a otro: “{}” mezcla alfabetos"
    ),
    "the message cannot be addressed: {}": "no se puede dirigir el mensaje: {}",
    "this run has written {} MB of attachments already": (
        "esta ejecución ya lleva {} MB de adjuntos"
    ),
    "is {}": "contiene {}",
    "'{}' is undefined": "{} no existe",
    "item {} is undefined": "el elemento {} no existe",
    "the subject is empty": "el asunto está vacío",
    "there is no picture “{}”": "no existe la imagen “{}”",
    "{} cannot be asked of a value": "un valor no tiene {}",
    "“{}” is for numbers": "“{}” es solo para números",
    "“{}” is not available": "“{}” no está disponible",
    "division by zero": "división entre cero",
    "a number is too large": "un número es demasiado grande",
    "more than 256 KB of text": "más de 256 KB de texto",
    "a loop goes over a list, and this is a single value": (
        "un bucle recorre una lista, y esto es un solo valor"
    ),
    "money: “{}” is not a number": "money: “{}” no es un número",
    "money: “{}” is not a currency, such as IDR or EUR": (
        "money: “{}” no es una moneda, como IDR o EUR"
    ),
    "date: “{}” is not a date": "date: “{}” no es una fecha",
    "date: no style “{}”; there is {}": "date: no hay estilo “{}”; hay {}",
    "the values do not fit: {}": "los valores no encajan: {}",
    "{} · {}": "{} · {}",
    "{} since {}": "{} desde el {}",
    "{}, step {} of {}": "{}, paso {} de {}",
    "once more, as a person wants it · {}": "otra vez, a petición de una persona · {}",
    "language {}": "idioma {}",
    "language {} (there is none in {})": "idioma {} (no hay en {})",
    "stage {}": "etapa {}",
    "interest {}": "interés {}",
    "location {}": "lugar {}",
    "location {} in {}": "lugar {} en {}",
}
TRANSLATIONS: Mapping[str, Mapping[str, str]] = {"id": _ID, "es": _ES}
