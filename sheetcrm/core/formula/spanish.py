"""What Spanish Excel calls its functions, for whoever writes them in a formula here.

The names are those of Microsoft's Spanish documentation of Excel; the ones that are the same in
both languages (``MAX``, ``MIN``) are left out.
"""

from __future__ import annotations

from typing import Final

from sheetcrm.core.table.names import fold

SPANISH: Final = {
    "SI": "IF",
    "SI.ERROR": "IFERROR",
    "SI.ND": "IFNA",
    "SI.CONJUNTO": "IFS",
    "CAMBIAR": "SWITCH",
    "ELEGIR": "CHOOSE",
    "Y": "AND",
    "O": "OR",
    "XO": "XOR",
    "NO": "NOT",
    "VERDADERO": "TRUE",
    "FALSO": "FALSE",
    "BUSCARV": "VLOOKUP",
    "BUSCARH": "HLOOKUP",
    "BUSCARX": "XLOOKUP",
    "BUSCAR": "LOOKUP",
    "ÍNDICE": "INDEX",
    "COINCIDIR": "MATCH",
    "COINCIDIRX": "XMATCH",
    "FILAS": "ROWS",
    "COLUMNAS": "COLUMNS",
    "CONTAR": "COUNT",
    "CONTARA": "COUNTA",
    "CONTAR.BLANCO": "COUNTBLANK",
    "CONTAR.SI": "COUNTIF",
    "CONTAR.SI.CONJUNTO": "COUNTIFS",
    "SUMA": "SUM",
    "SUMAR.SI": "SUMIF",
    "SUMAR.SI.CONJUNTO": "SUMIFS",
    "SUMAPRODUCTO": "SUMPRODUCT",
    "PRODUCTO": "PRODUCT",
    "PROMEDIO": "AVERAGE",
    "PROMEDIO.SI": "AVERAGEIF",
    "PROMEDIO.SI.CONJUNTO": "AVERAGEIFS",
    "MAX.SI.CONJUNTO": "MAXIFS",
    "MIN.SI.CONJUNTO": "MINIFS",
    "MEDIANA": "MEDIAN",
    "REDONDEAR": "ROUND",
    "REDONDEAR.MAS": "ROUNDUP",
    "REDONDEAR.MENOS": "ROUNDDOWN",
    "REDOND.MULT": "MROUND",
    "TRUNCAR": "TRUNC",
    "ENTERO": "INT",
    "RESIDUO": "MOD",
    "COCIENTE": "QUOTIENT",
    "POTENCIA": "POWER",
    "RAIZ": "SQRT",
    "SIGNO": "SIGN",
    "ESBLANCO": "ISBLANK",
    "ESNUMERO": "ISNUMBER",
    "ESTEXTO": "ISTEXT",
    "ESNOTEXTO": "ISNONTEXT",
    "ESLOGICO": "ISLOGICAL",
    "ESERROR": "ISERROR",
    "ESERR": "ISERR",
    "ESNOD": "ISNA",
    "NOD": "NA",
    "HOY": "TODAY",
    "AHORA": "NOW",
    "FECHA": "DATE",
    "FECHA.MES": "EDATE",
    "FIN.MES": "EOMONTH",
    "SIFECHA": "DATEDIF",
    "VALFECHA": "DATEVALUE",
    "FECHANUMERO": "DATEVALUE",
    "AÑO": "YEAR",
    "MES": "MONTH",
    "DIA": "DAY",
    "DIAS": "DAYS",
    "DIASEM": "WEEKDAY",
    "DIA.LAB": "WORKDAY",
    "DIAS.LAB": "NETWORKDAYS",
    "FRAC.AÑO": "YEARFRAC",
    "NUM.DE.SEMANA": "WEEKNUM",
    "HORA": "HOUR",
    "MINUTO": "MINUTE",
    "SEGUNDO": "SECOND",
    "IZQUIERDA": "LEFT",
    "DERECHA": "RIGHT",
    "EXTRAE": "MID",
    "LARGO": "LEN",
    "MAYUSC": "UPPER",
    "MINUSC": "LOWER",
    "NOMPROPIO": "PROPER",
    "ESPACIOS": "TRIM",
    "LIMPIAR": "CLEAN",
    "SUSTITUIR": "SUBSTITUTE",
    "REEMPLAZAR": "REPLACE",
    "REPETIR": "REPT",
    "CONCATENAR": "CONCATENATE",
    "UNIRCADENAS": "TEXTJOIN",
    "ENCONTRAR": "FIND",
    "HALLAR": "SEARCH",
    "IGUAL": "EXACT",
    "VALOR": "VALUE",
    "TEXTO": "TEXT",
    "TEXTOANTES": "TEXTBEFORE",
    "TEXTODESPUES": "TEXTAFTER",
    "CARACTER": "CHAR",
    "CODIGO": "CODE",
}

_ENGLISH: Final = {fold(spanish): english for spanish, english in SPANISH.items()}


def spanish_hint(name: str) -> str:
    """``did you mean IF? (SI in Spanish Excel)``; "" for a name that Spanish Excel lacks.

    Accents, dots and case do not matter: people leave them out.
    """
    english = _ENGLISH.get(fold(name))
    return f"did you mean {english}? ({name} in Spanish Excel)" if english else ""
