"""The findings in Indonesian; menus are called as most Indonesian teams see them, in English."""

from __future__ import annotations

from sheetcrm.core.health.findings import Kind
from sheetcrm.core.health.texts import Page, Text
from sheetcrm.core.table.values import Severity

CODE = "id"

SEVERITIES = {
    Severity.ERROR: "perbaiki dulu",
    Severity.WARNING: "periksa",
    Severity.NOTE: "perlu diketahui",
}

PAGE = Page(
    title="Seberapa sehat lembar lead Anda?",
    intro="Perbaiki yang paling atas dulu: setiap temuan itu mengurangi skor atau tindak lanjut.",
    leads="lead",
    columns="kolom",
    by_email="bisa dihubungi lewat email",
    by_phone="bisa dihubungi lewat telepon",
    by_none="tidak bisa dihubungi sama sekali",
    of="{} dari {}",
    what="apa",
    column="kolom",
    cells="jumlah",
    where="di mana",
    why="mengapa penting",
    fix="cara memperbaiki",
    examples="contoh",
    meant="dibaca atau dimaksud",
    more="{} lagi",
    nothing="Tidak ada yang perlu diperbaiki: lembar ini sehat.",
    unread="Sumber ini tidak bisa dibaca",
    marks="· spasi, ° spasi tanpa putus, ¦ tanda tak terlihat, ⇥ tab, ⏎ ganti baris",
    untouched="Tidak ada yang diubah: sheetcrm hanya melihat.",
)

KINDS = {
    Kind.UNCALCULATED: Text(
        "rumus yang belum pernah dihitung",
        "Nilainya tidak diketahui, jadi aturan yang membacanya mendapat galat.",
        "Buka berkasnya sekali di Excel atau LibreOffice, lalu simpan; di Google, tunggu semenit.",
    ),
    Kind.ERROR_CELLS: Text(
        "rumus yang menampilkan galat",
        "Aturan yang membaca sel ini tidak memberi poin, dan lead tidak diturunkan.",
        'Perbaiki rumusnya, atau bungkus dengan IFERROR( … ; "") supaya tetap kosong.',
    ),
    Kind.MERGED_CELLS: Text(
        "sel gabungan di antara lead",
        "Hanya sel kiri atas yang berisi nilai; yang lain terbaca kosong, dan pengurutan gagal.",
        "Pilih selnya, pisahkan (Excel: Home › Merge & Center; Google: Format › Merge cells › "
        "Unmerge), lalu isi setiap sel.",
    ),
    Kind.UNREADABLE_EMAIL: Text(
        "alamat email yang tidak sah",
        "Lead ini tidak mendapat tindak lanjut lewat email.",
        "Perbaiki selnya sehingga berisi satu alamat seperti nama@perusahaan.com.",
    ),
    Kind.MISSPELT_EMAIL: Text(
        "alamat email dengan domain salah ketik",
        "Pesan tidak sampai atau sampai ke orang lain, dan reputasi pengirim Anda turun.",
        "Perbaiki bagian setelah tanda @.",
    ),
    Kind.UNREADABLE_PHONE: Text(
        "nomor telepon yang tidak sah",
        "Tautan WhatsApp tidak bisa dibuat, dan lead tidak dikenali lagi dari nomornya.",
        "Format kolom sebagai teks dan ketik nomor dengan kode negara, misalnya +62 812 3456 7890.",
    ),
    Kind.NO_CONTACT: Text(
        "lead tanpa email dan telepon",
        "Tidak ada yang bisa menghubunginya, dan ia dikenali hanya dari namanya.",
        "Isi salah satunya, atau hapus barisnya kalau bukan lead.",
    ),
    Kind.UNREADABLE_DATE: Text(
        "sel yang bukan tanggal",
        "Aturan menganggapnya galat, jadi jadwal dan poin yang memudar tidak terhitung.",
        "Ketik tanggal seperti 2026-11-30, dan pindahkan catatan ke kolom catatan.",
    ),
    Kind.UNREADABLE_NUMBER: Text(
        "sel yang bukan angka",
        "Aturan menganggapnya galat, jadi poinnya hilang.",
        "Ketik angka saja, dan pindahkan catatan ke kolom catatan.",
    ),
    Kind.UNREADABLE_YESNO: Text(
        "jawaban yang bukan ya atau tidak",
        "Aturan menganggapnya galat.",
        "Ketik ya atau tidak, atau pakai kotak centang (Excel dan Google: Insert › Checkbox).",
    ),
    Kind.UNREADABLE_COUNTRY: Text(
        "negara yang tidak dikenal",
        "Bahasa, zona waktu, dan nomor telepon lead lalu ditebak dari pengaturan ruang kerja.",
        "Ketik nama negara atau dua hurufnya, misalnya ID.",
    ),
    Kind.IMPOSSIBLE_DATE: Text(
        "tanggal yang tidak mungkin",
        "Tindak lanjut terkirim pada waktu yang salah, dan poin memudar terlalu cepat atau tidak "
        "pernah.",
        "Perbaiki tahunnya; tanggal di tahun 1899 atau 1900 biasanya sel kosong atau angka kecil.",
    ),
    Kind.RIVAL_COLUMNS: Text(
        "“{column}” mungkin juga {known}",
        "Hanya “{about}” yang dibaca sebagai {known}; isi “{column}” tidak dihitung.",
        "Pindahkan semua nilai ke satu kolom, atau pilih di config/sheetcrm.toml: "
        '[fields.{field}] headers = ["{column}"].',
    ),
    Kind.MISSING_COLUMN: Text(
        "tidak ada kolom untuk {about}",
        "Aturan dan tindak lanjut yang memintanya tidak mendapat apa-apa; kriterianya tetap belum "
        "diketahui.",
        "Tambahkan kolom dengan judul itu, atau sebutkan kolom Anda di config/sheetcrm.toml: "
        "[fields.{field}] headers.",
    ),
    Kind.DUPLICATES: Text(
        "orang yang sama di beberapa baris",
        "Satu orang punya beberapa skor dan tahap; tindak lanjut dikirim sekali per alamat.",
        "Lihat dulu (sheetcrm duplicates), gabungkan sendiri, lalu hapus baris yang berlebih.",
    ),
    Kind.PHONE_WITHOUT_CODE: Text(
        "nomor luar negeri tanpa kode negara",
        "Nomor itu dibaca sebagai nomor negara Anda: pesan bisa sampai ke orang lain.",
        "Tulis kode negara di depan, dengan tanda plus, di kolom berformat teks.",
    ),
    Kind.AMBIGUOUS_DATE: Text(
        "tanggal yang bisa dibaca dua cara",
        "Kolom ini menulis hari dan bulan dalam dua urutan, jadi 3/4 bisa Maret atau April.",
        "Ketik sebagai 2026-11-30, lalu format kolom sebagai tanggal.",
    ),
    Kind.TEXT_DATE: Text(
        "tanggal yang berupa teks",
        "Lembar tidak mengurutkan atau menyaring menurut tanggal itu, dan rumus Anda tidak melihat "
        "tanggal.",
        "Excel: pilih kolom, Data › Text to Columns › Finish sebagai Date; Google: Format › "
        "Number › Date.",
    ),
    Kind.TEXT_NUMBER: Text(
        "angka yang berupa teks",
        "Penjumlahan dan perbandingan di lembar melewatkannya; aturan atas kolom biasa "
        "membandingkannya sebagai teks.",
        "Excel: pilih sel dan klik Convert to Number di tanda peringatan; Google: Format › "
        "Number › Automatic; lalu ketik jumlah tanpa kata.",
    ),
    Kind.MIXED_TYPES: Text(
        "nilai yang jenisnya tidak cocok dengan kolomnya",
        "Perbandingan memberi jawaban salah: bagi Excel, teks apa pun lebih besar dari angka apa "
        "pun.",
        "Jadikan semua sel angka, atau semua tanggal, atau semua teks; tanggal di antara teks "
        "sering berasal dari 1-2 yang diubah Excel.",
    ),
    Kind.PLACEHOLDERS: Text(
        "kata yang hanya berarti belum tahu",
        "Aturan menganggapnya jawaban, dan kriteria yang seharusnya belum diketahui menjadi ya.",
        "Cari dan ganti dengan kosong (seluruh isi sel): sel kosong berarti belum diketahui.",
    ),
    Kind.STRAY_SPACES: Text(
        "spasi di tepi, ganda, atau tak terlihat",
        "Filter, pencarian, dan aturan atas kolom biasa menganggapnya nilai lain.",
        "Google: Data › Data cleanup › Trim whitespace; Excel: =TRIM(SUBSTITUTE(A1;CHAR(160);"
        '" ")) di sebelahnya, lalu tempel nilainya kembali.',
    ),
    Kind.SEVERAL_IN_CELL: Text(
        "beberapa isi dalam satu sel",
        "Hanya yang pertama yang dipakai.",
        "Sisakan yang akan dipakai, dan pindahkan yang lain ke kolom sendiri.",
    ),
    Kind.BLANK_HEADER: Text(
        "kolom tanpa judul",
        "Kolom itu dipanggil menurut selnya, dan tidak dikenali sebagai apa pun.",
        "Ketik nama di sel judulnya.",
    ),
    Kind.REPEATED_HEADER: Text(
        "judul yang muncul dua kali",
        "Aturan yang menyebutnya hanya membaca kolom paling kiri.",
        "Beri setiap kolom nama sendiri.",
    ),
    Kind.PADDED_HEADER: Text(
        "judul dengan spasi berlebih",
        "sheetcrm tetap membacanya; impor dan pencarian program lain tidak menemukan kolomnya.",
        "Ketik ulang judulnya.",
    ),
    Kind.EMPTY_FIELD: Text(
        "sel kosong yang diminta aturan",
        "Tidak ada poin di situ, dan kriterianya tetap belum diketahui.",
        "Tanyakan dan isi; kolom pertanyaan berikutnya menyebutkan apa yang ditanya dulu.",
    ),
    Kind.EMPTY_COLUMN: Text(
        "kolom tanpa satu pun nilai",
        "Aturan yang membacanya tidak pernah terpenuhi.",
        "Isi kolomnya, atau hapus bersama aturannya.",
    ),
    Kind.HIDDEN_ROWS: Text(
        "baris lead yang disembunyikan",
        "Lead itu tetap diberi skor dan ditindaklanjuti, meski tidak ada yang melihatnya.",
        "Pilih baris di sekitarnya, klik kanan, Unhide; hapus yang bukan lead.",
    ),
    Kind.HIDDEN_COLUMNS: Text(
        "kolom tersembunyi: {about}",
        "Isinya tetap dihitung.",
        "Pilih kolom di sekitarnya, klik kanan, Unhide.",
    ),
    Kind.ACTIVE_FILTER: Text(
        "filter sedang menyembunyikan sebagian lead",
        "Lead yang tersembunyi tetap diberi skor dan ditindaklanjuti.",
        "Excel: Data › Clear; Google: Data › Remove filter.",
    ),
    Kind.FORMULAS_BELOW: Text(
        "rumus yang diisi sampai di bawah lead terakhir",
        "Itu bukan lead dan tidak mengganggu, tetapi lead baru bisa terketik jauh di bawahnya.",
        "Hapus, dan jadikan lead sebuah tabel (Insert › Table), yang mengisi rumus ke bawah "
        "sendiri.",
    ),
}
