"""Classes of what looks like a truth value."""

from parea_conformance.classes.value_class import ValueClass, written

VALUES = (
    ValueClass("true", "1 in MySQL and SQLite", written("true"), ("true",)),
    ValueClass("false", "falsy; absent in HTML's forms", written("false"), ("false",)),
)
"""What is one by the contract."""

ODD = (
    ValueClass(
        "another case", "Python writes True, Excel TRUE", written(r"(?!true$|false$)(?i:true|false)"), ("True", "FALSE")
    ),
    ValueClass("a digit", "strconv.ParseBool, MySQL, SQLite", written("[01]"), ("1", "0")),
    ValueClass("a letter", "strconv.ParseBool and PostgreSQL take t and f", written("[tfynTFYN]"), ("t", "F")),
    ValueClass("another word", "YAML 1.1, PostgreSQL", written("yes|no|on|off"), ("yes", "off")),
    ValueClass("null", "falsy", written("null|None|nil"), ("null",)),
    ValueClass("space around", "trim()", written(r"\s+\w+|\w+\s+"), (" true", "false ")),
    ValueClass("JSON of it", "JSON.parse unwraps it", written(r"[\[\"].*[\]\"]"), ("[true]", '"true"')),
    ValueClass("nothing", "falsy", written(""), ("",)),
)
"""What looks like one, and is none."""

CLASSES = (*VALUES, *ODD)
