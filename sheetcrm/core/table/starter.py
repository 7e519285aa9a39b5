"""The usual fields of a lead tab, with the headers that they go by in three languages.

A usual sheet needs no `[fields]` of its own. Headers are compared folded (see `names.fold`), so
case, accents, blanks and punctuation are written here as people like to read them. No header may
stand with two fields; a test sees to it.
"""

from __future__ import annotations

from sheetcrm.core.table.fields import Field, FieldType

_LANGUAGES = {
    "id": ("Indonesia", "Indonesian", "Bahasa", "Bahasa Indonesia", "Indonesio", "ind"),
    "en": ("English", "Inggris", "Bahasa Inggris", "Inglés", "eng"),
    "es": ("Spanish", "Spanyol", "Bahasa Spanyol", "Español", "Castellano", "spa", "esp"),
    "ms": ("Malay", "Melayu", "Bahasa Melayu", "Malayo"),
    "pt": ("Portuguese", "Portugis", "Portugués", "Português"),
    "fr": ("French", "Prancis", "Francés", "Français"),
    "de": ("German", "Jerman", "Alemán", "Deutsch"),
    "zh": ("Chinese", "Mandarin", "Cina", "Tionghoa", "Chino"),
}
_GENDERS = {
    "female": ("F", "P", "Perempuan", "Wanita", "Mujer", "Femenino", "Woman", "Ibu", "Sra."),
    "male": ("L", "Laki-laki", "Lelaki", "Pria", "Hombre", "Masculino", "Man", "Bapak", "Sr."),
}
_STATUSES = {
    "New": (
        *("Baru", "Lead baru", "Prospek baru", "New lead", "Belum dihubungi", "Not contacted"),
        *("Nuevo", "Nueva", "Lead nuevo", "Nuevo lead", "Sin contactar", "No contactado"),
    ),
    "Contacted": (
        *("Dihubungi", "Sudah dihubungi", "Telah dihubungi", "Sudah dikontak", "Sudah kontak"),
        *("Contactado", "Contactada", "Ya contactado", "Ya contactada", "En contacto"),
    ),
    "Interested": (
        *("Tertarik", "Berminat", "Minat", "Sudah tertarik"),
        *("Interesado", "Interesada", "Muy interesado", "Muy interesada", "Con interés"),
    ),
    "Quote sent": (
        *("Quoted", "Proposal sent", "Offer sent", "Quotation sent"),
        *("Penawaran terkirim", "Penawaran dikirim", "Penawaran sudah dikirim"),
        *("Sudah kirim penawaran", "Kirim penawaran", "Sudah dikirim penawaran"),
        *("Presupuesto enviado", "Oferta enviada", "Propuesta enviada", "Cotización enviada"),
        *("Cotizado", "Cotizada", "Presupuestado", "Presupuestada"),
    ),
    "Not now": (
        *("Later", "Nanti", "Nanti dulu", "Nanti saja", "Belum sekarang", "Ditunda", "Tunda"),
        *("Ahora no", "Por ahora no", "Más adelante", "Más tarde", "Aplazado", "Pospuesto"),
    ),
    "Not interested": (
        *("No interest", "Tidak tertarik", "Tidak berminat", "Tidak minat", "Tdk tertarik"),
        *("Tdk berminat", "Gak tertarik", "Gak minat", "Batal", "Menolak", "Tidak jadi"),
        *("No interesado", "No interesada", "No le interesa", "Sin interés", "Descartado"),
        *("Descartada", "Rechazado", "Rechazada"),
    ),
    "Won": (
        *("Closed won", "Deal", "Closing", "Jadi beli", "Sudah beli", "Sudah closing", "Terjual"),
        *("Berhasil", "Menang", "Ganado", "Ganada", "Vendido", "Vendida", "Cerrado ganado"),
        *("Venta cerrada", "Compró"),
    ),
}
_SOURCES = {
    "Referral": (
        *("Referrals", "Referred", "Referred by a friend", "Recommendation", "Word of mouth"),
        *("Friend", "Existing customer", "Referensi", "Rujukan", "Rekomendasi", "Teman"),
        *("Dari teman", "Mulut ke mulut", "Getok tular", "Pelanggan lama", "Referido"),
        *("Referida", "Recomendación", "Recomendado", "Boca a boca", "Amigo", "Conocido"),
    ),
    "Community leader": (
        *("Community", "Local leader", "Tokoh masyarakat", "Tokoh", "Ketua RT", "Ketua RW"),
        *("Pak RT", "Pak RW", "RT/RW", "Kepala desa", "Lurah", "Komunitas", "Ketua komunitas"),
        *("Líder comunitario", "Líder de la comunidad", "Líder local", "Comunidad"),
    ),
    "Demo": (
        *("Demonstration", "Product demo", "Demo produk", "Demonstrasi", "Presentasi produk"),
        *("Demostración", "Demostración de producto"),
    ),
    "Canvassing": (
        *("Door to door", "Door-to-door", "Kanvasing", "Kanvassing", "Dari pintu ke pintu"),
        *("Pintu ke pintu", "Keliling", "Puerta a puerta", "Puerta en puerta", "Puerta fría"),
    ),
    "Own observation": (
        *("Observation", "Own research", "Seen on site", "Pengamatan", "Pengamatan sendiri"),
        *("Observasi", "Riset sendiri", "Observación", "Observación propia"),
        *("Investigación propia",),
    ),
    "List": (
        *("Purchased list", "Lead list", "Directory", "Daftar", "Daftar kontak", "Database"),
        *("Direktori", "Lista", "Lista comprada", "Base de datos", "Directorio"),
    ),
    "Form": (
        *("Web form", "Online form", "Contact form", "Google Form", "Formulir", "Formulir web"),
        *("Formulir online", "Isi formulir", "Formulario", "Formulario web"),
        *("Formulario de contacto",),
    ),
    "Website": ("Web site", "Our website", "Situs web", "Situs", "Sitio web", "Página web"),
    "Social media": (
        *("Social", "Social network", "Media sosial", "Medsos", "Sosmed", "Redes sociales"),
        *("Red social",),
    ),
    "Event": (
        *("Events", "Fair", "Trade fair", "Expo", "Exhibition", "Pameran", "Acara", "Bazar"),
        *("Feria", "Evento", "Exposición"),
    ),
    "Advertisement": (
        *("Ad", "Ads", "Advert", "Advertising", "Iklan", "Anuncio", "Publicidad"),
        *("Anuncios",),
    ),
    "Walk-in": ("Walk in", "Came by", "Datang langsung", "Datang sendiri", "Visita espontánea"),
}


def _headers(text: str) -> tuple[str, ...]:
    return tuple(header.strip() for header in text.split("·"))


STARTER_FIELDS: tuple[Field, ...] = (
    Field(
        name="name",
        headers=_headers(
            "Name · Full name · Contact name · Lead name · Customer name · Client name · "
            "Contact person · Nama · Nama lengkap · Nama kontak · Nama lead · Nama pelanggan · "
            "Nama customer · Nama calon pelanggan · Nama klien · Nombre completo · "
            "Nombre y apellidos · Nombre y apellido · Nombre · Nombre del contacto · "
            "Nombre del cliente · Contacto · Customer · Client · Pelanggan · Cliente"
        ),
    ),
    Field(
        name="first_name",
        headers=_headers(
            "First name · Given name · Forename · Nama depan · Nama panggilan · Panggilan · "
            "Primer nombre · Nombre de pila"
        ),
    ),
    Field(
        name="company",
        headers=_headers(
            "Company · Company name · Organization · Organisation · Business · Business name · "
            "Account · Perusahaan · Nama perusahaan · Instansi · Nama instansi · Organisasi · "
            "Nama usaha · Usaha · Empresa · Nombre de la empresa · Compañía · Organización · "
            "Razón social · Negocio"
        ),
    ),
    Field(
        name="role",
        headers=_headers(
            "Role · Job title · Title · Position · Job role · Designation · Occupation · "
            "Jabatan · Posisi · Peran · Pekerjaan · Cargo · Puesto · Rol · Ocupación · Profesión"
        ),
    ),
    Field(
        name="email",
        type=FieldType.EMAIL,
        identifies=True,
        headers=_headers(
            "Email · Email address · Mail · Work email · Business email · Contact email · "
            "Surel · Alamat email · Alamat surel · Correo · Correo electrónico · "
            "Dirección de correo · Dirección de correo electrónico · Dirección de email"
        ),
    ),
    Field(
        name="phone",
        type=FieldType.PHONE,
        identifies=True,
        headers=_headers(
            "Phone · Phone number · Mobile · Mobile phone · Mobile number · Cell · Cell phone · "
            "Telephone · Tel · Contact number · No. HP · Nomor HP · HP · No. Handphone · "
            "Nomor handphone · Handphone · No. HP / WA · No. WA · Nomor WA · WA · No. WhatsApp · "
            "Nomor WhatsApp · WhatsApp number · WhatsApp · No. Telepon · No. Telp · No. Tlp · "
            "Nomor telepon · Nomor telp · Telepon · Telp · No. Kontak · Teléfono · Móvil · "
            "Teléfono móvil · Celular · Teléfono celular · Número de teléfono · "
            "Número de celular · Número de móvil · Número de WhatsApp · Teléfono de contacto"
        ),
    ),
    Field(
        name="city",
        headers=_headers(
            "City · Town · City/Town · Location · Kota · Kota/Kabupaten · Kabupaten/Kota · "
            "Kabupaten · Domisili · Kota domisili · Kota asal · Lokasi · Ciudad · Localidad · "
            "Población · Municipio · Ubicación"
        ),
    ),
    Field(
        name="region",
        headers=_headers(
            "Region · State · Province · State/Province · Area · Provinsi · Propinsi · Wilayah · "
            "Daerah · Región · Provincia · Departamento · Comunidad autónoma · Zona"
        ),
    ),
    Field(
        name="country",
        type=FieldType.COUNTRY,
        headers=_headers("Country · Nation · Country/Region · Negara · País · Nación"),
    ),
    Field(
        name="interest",
        type=FieldType.LIST,
        headers=_headers(
            "Interest · Interests · Interested in · Product interest · Product of interest · "
            "Product · Products · Service · Services · Minat · Peminatan · Minat produk · Produk · "
            "Produk diminati · Produk yang diminati · Tertarik pada · Layanan · Interés · "
            "Intereses · Interesado en · Interesada en · Producto · Productos · "
            "Producto de interés · Desarrollo de interés · Servicio · Servicios"
        ),
    ),
    Field(
        name="need",
        headers=_headers(
            "Need · Needs · Requirement · Requirements · Use case · Kebutuhan · Keperluan · "
            "Necesidad · Necesidades · Requerimiento · Requerimientos"
        ),
    ),
    Field(
        name="meets_requirements",
        type=FieldType.YESNO,
        headers=_headers(
            "Meets requirements · Requirements met · Eligible · Eligibility · Memenuhi syarat · "
            "Syarat terpenuhi · Persyaratan terpenuhi · Lolos syarat · Cumple requisitos · "
            "Cumple los requisitos · Cumple con los requisitos · Elegible"
        ),
    ),
    Field(
        name="budget",
        type=FieldType.MONEY,
        headers=_headers(
            "Budget · Estimated budget · Budget range · Funds · Money · Anggaran · Bujet · Dana · "
            "Estimasi anggaran · Perkiraan anggaran · Estimasi budget · Kisaran anggaran · "
            "Kisaran budget · Presupuesto · Presupuesto estimado · Fondos"
        ),
    ),
    Field(
        name="timeline",
        type=FieldType.NUMBER,
        headers=_headers(
            "Timeline · Time frame · Timing · Buying timeline · Purchase timeline · "
            "Jangka waktu · Rencana waktu · Waktu pembelian · Target waktu · Plazo · "
            "Plazo de compra · Plazos · Horizonte · Cuándo compra · Kapan beli · When to buy"
        ),
    ),
    Field(
        name="last_contact",
        type=FieldType.DATE,
        headers=_headers(
            "Last contact · Last contacted · Last contact date · Last contacted on · "
            "Date of last contact · Kontak terakhir · Terakhir dihubungi · Terakhir kontak · "
            "Tanggal kontak terakhir · Tgl kontak terakhir · Último contacto · "
            "Fecha de último contacto · Fecha del último contacto"
        ),
    ),
    Field(
        name="last_activity",
        headers=_headers(
            "Last activity · Latest activity · Recent activity · Activity · Aktivitas terakhir · "
            "Kegiatan terakhir · Aktivitas · Última actividad · Actividad reciente · Actividad"
        ),
    ),
    Field(
        name="status",
        aliases=_STATUSES,
        headers=_headers(
            "Status · Lead status · Contact status · Status lead · Status prospek · Estatus · "
            "Estado del lead · Estado del contacto · Situación · Estado"
        ),
    ),
    Field(
        name="purchases",
        type=FieldType.NUMBER,
        headers=_headers(
            "Purchases · Number of purchases · Orders · Number of orders · Times bought · "
            "Pembelian · Jumlah pembelian · Jumlah order · Jumlah pesanan · Total pembelian · "
            "Compras · Número de compras · Cantidad de compras · Pedidos · Número de pedidos"
        ),
    ),
    Field(
        name="lost_reason",
        headers=_headers(
            "Lost reason · Reason lost · Disqualified reason · Reason · Alasan · Alasan batal · "
            "Alasan gagal · Alasan tidak jadi · Alasan menolak · Motivo · Motivo de pérdida · "
            "Motivo de rechazo · Razón de pérdida"
        ),
    ),
    Field(
        name="follow_up_on",
        type=FieldType.DATE,
        headers=_headers(
            "Follow up on · Follow-up date · Call back on · Callback date · Contact again on · "
            "Tanggal follow up · Tgl follow up · Hubungi lagi · Hubungi lagi tanggal · "
            "Tanggal tindak lanjut · Jadwal follow up · Seguimiento el · Fecha de seguimiento · "
            "Volver a contactar · Llamar el"
        ),
    ),
    Field(
        name="birthday",
        type=FieldType.DATE,
        headers=_headers(
            "Birthday · Birth date · Date of birth · DOB · Ulang tahun · Tanggal lahir · "
            "Tgl lahir · Cumpleaños · Fecha de nacimiento · Fecha de cumpleaños"
        ),
    ),
    Field(
        name="language",
        aliases=_LANGUAGES,
        headers=_headers(
            "Language · Preferred language · Lang · Bahasa · Pilihan bahasa · Idioma · "
            "Idioma preferido · Lengua"
        ),
    ),
    Field(
        name="replied",
        type=FieldType.YESNO,
        headers=_headers(
            "Replied · Has replied · Reply · Answered · Responded · Dibalas · Sudah membalas · "
            "Sudah balas · Membalas · Balasan · Respondió · Ha respondido · Contestó · Respuesta"
        ),
    ),
    Field(
        name="consent",
        type=FieldType.YESNO,
        headers=_headers(
            "Consent · Opt-in · Opted in · Marketing consent · GDPR consent · Subscribed · "
            "Persetujuan · Setuju dihubungi · Bersedia dihubungi · Consentimiento · "
            "Acepta comunicaciones · Acepta ser contactado · Suscrito"
        ),
    ),
    Field(
        name="unsubscribed",
        type=FieldType.YESNO,
        headers=_headers(
            "Unsubscribed · Unsubscribe · Opt-out · Opted out · Email opt-out · Do not email · "
            "Do not mail · Do not contact · No emails · "
            "Berhenti berlangganan · Jangan email · Jangan kirim email · Jangan dihubungi · "
            "Tidak mau dihubungi · Tidak mau email · "
            "Baja · Dado de baja · Dada de baja · Se dio de baja · No contactar · "
            "No enviar correos · No enviar emails · No molestar"
        ),
    ),
    Field(
        name="lead_source",
        aliases=_SOURCES,
        headers=_headers(
            "Lead source · Source · Channel · Campaign · How did you hear about us · "
            "Sumber · Sumber lead · Sumber leads · Asal lead · Kanal · Kampanye · "
            "Tahu dari mana · Dari mana tahu · Origen · Fuente · Origen del lead · "
            "Fuente del lead · Canal · Campaña · Cómo nos conoció"
        ),
    ),
    Field(
        name="owner",
        headers=_headers(
            "Owner · Lead owner · Salesperson · Sales rep · Sales · Account manager · "
            "Assigned to · PIC · Sales PIC · PIC sales · Penanggung jawab · Ditangani oleh · "
            "Nama sales · Responsable · Vendedor · Asesor · Comercial · Asignado a · Ejecutivo"
        ),
    ),
    Field(
        name="notes",
        headers=_headers(
            "Notes · Note · Comments · Comment · Remarks · Remark · Catatan · Keterangan · "
            "Komentar · Ket. · Notas · Nota · Comentarios · Comentario · Observaciones"
        ),
    ),
    Field(
        name="website",
        headers=_headers(
            "Website · Web site · Web · URL · Homepage · Situs web · Situs · Laman · Sitio web · "
            "Página web · Web de la empresa"
        ),
    ),
    Field(
        name="gender",
        aliases=_GENDERS,
        headers=_headers("Gender · Sex · Jenis kelamin · Kelamin · Género · Sexo"),
    ),
    Field(
        name="challenge",
        headers=_headers(
            "Challenge · Challenges · Problem · Pain · Pain point · Pain points · Tantangan · "
            "Masalah · Kendala · Permasalahan · Desafío · Desafíos · Reto · Retos · Problema · "
            "Problemas · Dolor"
        ),
    ),
    Field(
        name="priority",
        headers=_headers(
            "Priority · Urgency · Prioritas · Urgensi · Tingkat urgensi · Prioridad · Urgencia"
        ),
    ),
    Field(
        name="goals",
        headers=_headers(
            "Goals · Goal · Objective · Objectives · Target · Tujuan · Sasaran · Objetivo · "
            "Objetivos · Meta · Metas"
        ),
    ),
    Field(
        name="plans",
        headers=_headers("Plans · Plan · Rencana · Rencana kerja · Planes"),
    ),
)
