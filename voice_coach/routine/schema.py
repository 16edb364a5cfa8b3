"""JSON Schemas of the routine files, for completion and checking in editors.

`python -m voice_coach.routine.schema` writes them into the folder of the shipped routines.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from voice_coach.routine.fields import Model
from voice_coach.routine.load import library, shipped_folder
from voice_coach.routine.model import Question, Routine, Technique

Kind = Literal["routine", "techniques", "questions"]
KINDS: dict[Kind, type[Model]] = {"routine": Routine, "techniques": Technique, "questions": Question}


def schema(kind: Kind = "routine") -> str:
    """The JSON Schema (draft-07, which editors read) of a kind of file, as JSON text.

    Raises RoutineError where the library, whose names it offers, is broken.
    """
    model = KINDS[kind]
    found = model.model_json_schema(ref_template="#/definitions/{model}")
    definitions: dict[str, Any] = found.pop("$defs", {})
    if kind == "routine":
        shared = library(shipped_folder())
        questions = {"enum": list(shared.questions)}
        definitions["Step"]["properties"]["technique"] |= {"enum": list(shared.techniques)}
        found["properties"]["questions"]["items"] = {"anyOf": [questions, {"$ref": "#/definitions/Question"}]}
        found["properties"]["red_flags"]["items"] = questions
        definitions["Question"] = Question.model_json_schema(ref_template="#/definitions/{model}")
        definitions |= definitions["Question"].pop("$defs", {})
        closing = found["properties"]["closing"]
        closing["items"] = {"anyOf": [{"type": "string"}, closing["items"]]}
    else:
        del found["properties"]["name"]
        found["required"].remove("name")
        found = {"type": "object", "additionalProperties": found}
    whole = {"$schema": "http://json-schema.org/draft-07/schema#", **found, "definitions": definitions}
    return json.dumps(whole, indent=1) + "\n"


def write() -> None:
    """Write every schema beside the shipped routines."""
    for kind in KINDS:
        (shipped_folder() / f"{kind}.schema.json").write_text(schema(kind), encoding="utf-8")


if __name__ == "__main__":
    write()
