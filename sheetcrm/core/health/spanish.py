"""The findings in Spanish."""

from __future__ import annotations

from sheetcrm.core.health.findings import Kind
from sheetcrm.core.health.texts import Page, Text
from sheetcrm.core.table.values import Severity

CODE = "es"

SEVERITIES = {
    Severity.ERROR: "corregir primero",
    Severity.WARNING: "revisar",
    Severity.NOTE: "conviene saberlo",
}

PAGE = Page(
    title="¿Qué tan sanas están las hojas de leads?",
    intro="Corrija primero lo de arriba: cada hallazgo cuesta hoy puntos o seguimientos.",
    leads="leads",
    columns="columnas",
    by_email="se pueden contactar por correo",
    by_phone="se pueden contactar por teléfono",
    by_none="no se pueden contactar",
    of="{} de {}",
    what="qué",
    column="columna",
    cells="cuántos",
    where="dónde",
    why="por qué importa",
    fix="cómo corregirlo",
    examples="por ejemplo",
    meant="leído o querido como",
    more="{} más",
    nothing="Nada que corregir: la hoja está sana.",
    unread="No se pudo leer esta fuente",
    marks="· un espacio, ° un espacio duro, ¦ un signo invisible, ⇥ un tabulador, ⏎ un salto",
    untouched="No se cambió nada: sheetcrm solo miró.",
)

KINDS = {
    Kind.UNCALCULATED: Text(
        "fórmulas que nunca se calcularon",
        "No se conoce su valor, y las reglas que las leen reciben un error.",
        "Abra el libro una vez en Excel o LibreOffice y guárdelo; en Google, espere un minuto.",
    ),
    Kind.ERROR_CELLS: Text(
        "fórmulas que muestran un error",
        "Una regla que lee esa celda no da puntos, y el lead no baja de etapa.",
        'Corrija la fórmula, o envuélvala en SI.ERROR( … ; "") para que quede vacía.',
    ),
    Kind.MERGED_CELLS: Text(
        "celdas combinadas entre los leads",
        "Solo la celda superior izquierda tiene el valor; las demás se leen vacías, y ordenar "
        "falla.",
        "Selecciónelas, sepárelas (Excel: Inicio › Combinar y centrar; Google: Formato › Combinar "
        "celdas) y rellene cada celda.",
    ),
    Kind.UNREADABLE_EMAIL: Text(
        "correos que no lo son",
        "Estos leads no reciben seguimiento por correo.",
        "Corrija la celda para que tenga una sola dirección, como nombre@empresa.com.",
    ),
    Kind.MISSPELT_EMAIL: Text(
        "correos con el dominio mal escrito",
        "El mensaje no llega o llega a un extraño, y los rebotes dañan su reputación de remitente.",
        "Corrija la parte que sigue a la @.",
    ),
    Kind.UNREADABLE_PHONE: Text(
        "teléfonos que no lo son",
        "No se puede hacer el enlace de WhatsApp, ni reconocer al lead por su número.",
        "Dé a la columna formato de texto y escriba el número con código de país, como "
        "+52 55 1234 5678.",
    ),
    Kind.NO_CONTACT: Text(
        "leads sin correo ni teléfono",
        "Nadie puede contactarlos, y solo se reconocen por su nombre.",
        "Rellene uno de los dos, o borre la fila si no es un lead.",
    ),
    Kind.UNREADABLE_DATE: Text(
        "celdas que no son una fecha",
        "Para las reglas son un error, así que faltan plazos y puntos que se desvanecen.",
        "Escriba una fecha como 2026-11-30, y ponga los comentarios en una columna de notas.",
    ),
    Kind.UNREADABLE_NUMBER: Text(
        "celdas que no son un número",
        "Para las reglas son un error, así que faltan sus puntos.",
        "Escriba solo cifras, y ponga los comentarios en una columna de notas.",
    ),
    Kind.UNREADABLE_YESNO: Text(
        "respuestas que no son sí ni no",
        "Para las reglas son un error.",
        "Escriba sí o no, o use casillas (Excel y Google: Insertar › Casilla).",
    ),
    Kind.UNREADABLE_COUNTRY: Text(
        "países que nadie conoce",
        "El idioma, la zona horaria y el teléfono del lead se toman entonces del espacio de "
        "trabajo.",
        "Escriba el nombre del país o sus dos letras, como MX.",
    ),
    Kind.IMPOSSIBLE_DATE: Text(
        "fechas que no pueden ser",
        "Los seguimientos salen a destiempo, y los puntos se desvanecen antes de tiempo o nunca.",
        "Corrija el año; una fecha de 1899 o 1900 casi siempre era una celda vacía o un número "
        "pequeño.",
    ),
    Kind.RIVAL_COLUMNS: Text(
        "“{column}” también puede ser {known}",
        "Solo “{about}” se lee como {known}; lo que hay en “{column}” no cuenta.",
        "Pase todos los valores a una columna, o elija en config/sheetcrm.toml: [fields.{field}] "
        'headers = ["{column}"].',
    ),
    Kind.MISSING_COLUMN: Text(
        "ninguna columna es {about}",
        "Las reglas y los seguimientos que la piden no reciben nada, y sus criterios quedan sin "
        "saber.",
        "Agregue una columna con ese encabezado, o nombre la suya en config/sheetcrm.toml: "
        "[fields.{field}] headers.",
    ),
    Kind.DUPLICATES: Text(
        "la misma persona en varias filas",
        "Una persona tiene varios puntajes y etapas; los seguimientos van una vez por dirección.",
        "Mírelas (sheetcrm duplicates), únalas a mano y borre las filas que sobran.",
    ),
    Kind.PHONE_WITHOUT_CODE: Text(
        "teléfonos extranjeros sin código de país",
        "Se leen como números de su propio país: un mensaje llegaría a un extraño.",
        "Ponga delante el código de país, con el signo más, en una columna con formato de texto.",
    ),
    Kind.AMBIGUOUS_DATE: Text(
        "fechas que se pueden leer de dos maneras",
        "La columna escribe día y mes en los dos órdenes, así que 3/4 puede ser marzo o abril.",
        "Escríbalas como 2026-11-30 y dé a la columna formato de fecha.",
    ),
    Kind.TEXT_DATE: Text(
        "fechas que son texto",
        "La hoja no ordena ni filtra por ellas, y sus fórmulas no ven ninguna fecha.",
        "Excel: seleccione la columna, Datos › Texto en columnas y termine como Fecha; Google: "
        "Formato › Número › Fecha.",
    ),
    Kind.TEXT_NUMBER: Text(
        "números que son texto",
        "Las sumas y comparaciones de la hoja los omiten; una regla sobre una columna sin "
        "significado compara texto.",
        "Excel: selecciónelos y elija Convertir en número en la señal de aviso; Google: Formato › "
        "Número › Automático; después escriba los importes sin palabras.",
    ),
    Kind.MIXED_TYPES: Text(
        "valores de un tipo que no es el de la columna",
        "Las comparaciones dan mal: para Excel cualquier texto es mayor que cualquier número.",
        "Haga que todas las celdas sean números, o todas fechas, o todas texto; una fecha entre "
        "textos suele ser un 1-2 que Excel cambió.",
    ),
    Kind.PLACEHOLDERS: Text(
        "palabras que solo dicen que no se sabe",
        "Las reglas las toman por respuesta, y un criterio que debía quedar sin saber pasa a sí.",
        "Búsquelas y reemplácelas por nada (la celda entera): una celda vacía es “sin saber”.",
    ),
    Kind.STRAY_SPACES: Text(
        "espacios alrededor, dobles o invisibles",
        "Los filtros, las búsquedas y las reglas sobre columnas sin significado los toman por otro "
        "valor.",
        "Google: Datos › Limpieza de datos; Excel: =ESPACIOS(SUSTITUIR(A1;CARACTER(160);"
        '" ")) al lado, y pegue los valores de vuelta.',
    ),
    Kind.SEVERAL_IN_CELL: Text(
        "varios en una celda",
        "Solo se usa el primero.",
        "Deje el que se va a usar, y ponga los demás en una columna propia.",
    ),
    Kind.BLANK_HEADER: Text(
        "columnas sin encabezado",
        "Se llaman como su celda, y no se reconoce qué son.",
        "Escriba un nombre en la celda del encabezado.",
    ),
    Kind.REPEATED_HEADER: Text(
        "encabezados que están dos veces",
        "Una regla que lo nombra lee solo la columna de la izquierda.",
        "Dé a cada columna un nombre propio.",
    ),
    Kind.PADDED_HEADER: Text(
        "encabezados con espacios de más",
        "sheetcrm los lee igual; las importaciones y búsquedas de otros programas no encuentran "
        "la columna.",
        "Escriba el encabezado de nuevo.",
    ),
    Kind.EMPTY_FIELD: Text(
        "celdas vacías que las reglas piden",
        "Ahí no hay puntos, y el criterio queda sin saber.",
        "Pregunte y rellene; la columna de la próxima pregunta dice qué preguntar primero.",
    ),
    Kind.EMPTY_COLUMN: Text(
        "una columna sin ningún valor",
        "Las reglas que la leen nunca se cumplen.",
        "Rellénela, o bórrela junto con sus reglas.",
    ),
    Kind.HIDDEN_ROWS: Text(
        "filas de leads ocultas",
        "Reciben puntaje y seguimiento como las demás, aunque nadie las vea.",
        "Seleccione las filas de alrededor, clic derecho, Mostrar; borre las que no sean leads.",
    ),
    Kind.HIDDEN_COLUMNS: Text(
        "columnas ocultas: {about}",
        "Lo que hay en ellas cuenta igual.",
        "Seleccione las columnas de alrededor, clic derecho, Mostrar.",
    ),
    Kind.ACTIVE_FILTER: Text(
        "un filtro oculta ahora algunos leads",
        "Los leads ocultos reciben puntaje y seguimiento como los demás.",
        "Excel: Datos › Borrar; Google: Datos › Quitar filtro.",
    ),
    Kind.FORMULAS_BELOW: Text(
        "fórmulas rellenadas por debajo del último lead",
        "No son leads ni estorban, pero un lead nuevo puede acabar escrito muy abajo.",
        "Bórrelas, y haga de los leads una tabla (Insertar › Tabla), que rellena las fórmulas "
        "sola.",
    ),
}
