"""Edits of the contract as a maintainer makes them."""

from collections.abc import Mapping
from dataclasses import dataclass

# Inserted before these places of `openapi.yaml`.
_PATHS = "\ncomponents:\n"
_SCHEMAS = "    EvaluationScore:\n"

_EXPERIMENT_UUID = """    parameters:
      - name: experiment_uuid
        in: path
        required: true
        description: The experiment.
        schema: {type: string, minLength: 1}
"""
_ERRORS = """        '401':
          description: No key, or a wrong one.
          content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}
        '404':
          description: No such experiment for this key.
          content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}
"""
_EXPERIMENT = """    Experiment:
      description: One experiment.
      type: object
      required: [uuid, name]
      properties:
        uuid: {type: string, description: Its id.}
        name: {type: string, description: What it is called.}
        run_count: {type: [integer, 'null'], description: How often it ran.}

"""
_TAGS = """    ExperimentTags:
      description: The tags that an experiment gets.
      type: object
      additionalProperties: false
      required: [tags]
      properties:
        tags:
          description: The tags.
          type: array
          items: {type: string, minLength: 1}
        note: {type: [string, 'null'], maxLength: 80, description: Why.}

"""


@dataclass(frozen=True)
class Edit:
    """One edit of `openapi.yaml`.

    Attributes:
        inserted: what is inserted, each with the place that it goes before.
        replaced: what is replaced, old and new.
    """

    inserted: tuple[tuple[str, str], ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()


def edited(text: str, *edits: Edit) -> str:
    """The document's text with these edits made. What several of them insert is inserted once."""
    for old, new in (each for edit in edits for each in edit.replaced):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    for place, inserted in dict.fromkeys(each for edit in edits for each in edit.inserted):
        assert text.count(place) == 1, place
        text = text.replace(place, inserted + place)
    return text


_EXPERIMENT_PATH = (_PATHS, f"\n  /api/parea/v1/experiment/{{experiment_uuid}}:\n{_EXPERIMENT_UUID}")

GET = Edit(
    (
        _EXPERIMENT_PATH,
        (
            _PATHS,
            f"""    get:
      operationId: get_experiment
      summary: Get one experiment
      description: Answers the experiment, without its logs.
      tags: [experiment]
      responses:
        '200':
          description: The experiment.
          content:
            application/json:
              schema: {{$ref: '#/components/schemas/Experiment'}}
              example: {{uuid: 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01, name: greeting, run_count: 3}}
{_ERRORS}""",
        ),
        (_SCHEMAS, _EXPERIMENT),
    )
)
"""A GET on a path of its own, with a schema of its own."""

POST = Edit(
    (
        (
            _PATHS,
            f"""
  /api/parea/v1/experiment/{{experiment_uuid}}/tags:
{_EXPERIMENT_UUID}    post:
      operationId: tag_experiment
      summary: Tag an experiment
      description: Adds tags to an experiment.
      tags: [experiment]
      parameters:
        - name: replace
          in: query
          description: Whether the tags replace those that are there.
          schema: {{type: boolean}}
      requestBody:
        required: true
        description: The tags.
        x-max-bytes: 4096
        content:
          application/json:
            schema: {{$ref: '#/components/schemas/ExperimentTags'}}
            example: {{tags: [prod, canary], note: null}}
      responses:
        '200':
          description: The tags that it now has.
          content:
            application/json:
              schema: {{$ref: '#/components/schemas/ExperimentTags'}}
              example: {{tags: [prod, canary]}}
{_ERRORS}        '422':
          description: The body or a parameter is not as documented.
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/ValidationError'}}}}}}
""",
        ),
        (_SCHEMAS, _TAGS),
    )
)
"""A POST with a body of its own and a query parameter; it writes."""

DELETE = Edit(
    (
        _EXPERIMENT_PATH,
        (
            _PATHS,
            f"""    delete:
      operationId: delete_experiment
      summary: Delete an experiment
      description: Deletes the experiment and its logs.
      tags: [experiment]
      responses:
        '204':
          description: It is gone.
{_ERRORS}""",
        ),
    )
)
"""A DELETE that answers 204, without content."""

LIST = Edit(
    (
        (
            _PATHS,
            """
  /api/parea/v1/projects/{project}/experiments:
    get:
      operationId: list_experiments
      summary: List the experiments of a project
      description: Answers one page of the experiments.
      tags: [project]
      parameters:
        - {$ref: '#/components/parameters/Project'}
        - name: page
          in: query
          required: true
          description: Which page, from 1 on.
          schema: {type: integer, minimum: 1}
          example: 1
        - name: status
          in: query
          description: Only experiments with one of these.
          schema: {type: array, items: {type: string, enum: [running, done]}}
        - name: x-workspace
          in: header
          description: The workspace, where a key has several.
          schema: {type: string, pattern: '^[a-z]+$'}
          example: main
      responses:
        '200':
          description: The experiments, the newest first.
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Experiment'}}
              example: [{uuid: 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01, name: greeting}]
        '401': {$ref: '#/components/responses/Unauthorized'}
        '403':
          description: The key is not for this workspace.
          content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}
        '422':
          description: A parameter is not as documented.
          content: {application/json: {schema: {$ref: '#/components/schemas/ValidationError'}}}
""",
        ),
        (
            "  securitySchemes:\n",
            """  parameters:
    Project:
      name: project
      in: path
      required: true
      description: The project.
      schema: {type: string}
      example: greetings
  responses:
    Unauthorized:
      description: No key, or a wrong one.
      headers:
        WWW-Authenticate: {required: true, description: How to authenticate., schema: {type: string}}
      content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}
""",
        ),
        (_SCHEMAS, _EXPERIMENT),
    )
)
"""An array of objects, path, query and header parameters, some by reference, a status that is new, and another tag."""

SECOND = Edit(
    (
        (
            _PATHS,
            f"""
  /api/parea/v2/experiment/{{experiment_uuid}}/logs:
{_EXPERIMENT_UUID}    post:
      operationId: find_logs
      summary: Find the trace logs of an experiment
      description: Answers the root logs that match the filter.
      x-safe: true
      tags: [experiment]
      requestBody:
        required: true
        description: The filter.
        x-max-bytes: 1024
        content:
          application/json:
            schema: {{$ref: '#/components/schemas/TraceLogFilters'}}
            example: {{filter_field: is_correct, filter_operator: equals, filter_value: '1.0'}}
      responses:
        '200':
          description: The root logs that match.
          content:
            application/json:
              schema: {{type: array, items: {{$ref: '#/components/schemas/TraceLog'}}}}
              example: [{{trace_id: t, start_timestamp: '2024-04-15T22:19:13Z'}}]
{_ERRORS}""",
        ),
    )
)
"""Another operation that takes a filter and answers trace logs."""

PUBLIC = Edit(
    (
        (
            _PATHS,
            """
  /api/parea/v1/version:
    get:
      operationId: getVersion
      summary: Get the version of the server
      security: []
      responses:
        '200':
          description: The version.
          content: {application/json: {schema: {type: object, additionalProperties: true}, example: {version: '7'}}}
""",
        ),
    )
)
"""An operation without a key, parameters, a tag, a description, or errors of its own; its id is in camel case."""

OPERATIONS: Mapping[str, Edit] = {
    "GET": GET,
    "DELETE": DELETE,
    "POST": POST,
    "LIST": LIST,
    "SECOND": SECOND,
    "PUBLIC": PUBLIC,
}
"""In this order they can be made together."""


def _added(name: str, meaning: str, numbers: str | None) -> Edit:
    """A new operator on text, lists of strings and maps, and with a form of value for numbers."""
    rows = [
        ("          title: text\n          operators: {", f"{name}: any, "),
        ("          title: list\n          operators: {equals: any, ", f"{name}: any, "),
        ("          takes_key: true\n          operators:\n", f"            {name}: any\n"),
    ]
    if numbers is not None:
        rows.append(("          title: number\n          operators:\n", f"            {name}: {numbers}\n"))
        rows.append(("          operators: {equals: number, ", f"{name}: {numbers}, "))
    return Edit(
        inserted=(
            ("      x-enumDescriptions:\n", f"        - {name}\n"),
            ("\n    TraceLogFilters:\n", f"        {name}: {meaning}\n"),
        ),
        replaced=tuple((row, row + cell) for row, cell in rows),
    )


NOT_IN = _added("not_in", "The complement of `in`; null and absent match.", "number_list")
STARTS_WITH = _added("starts_with", "The text begins with the value, ASCII letters without case.", None)

_ROW = "operators: {equals: any, not_equals: any, like: any, in: any"
NO_LIKE = Edit(
    replaced=(
        ("        - like\n", ""),
        ("        like: The value occurs in the text, ASCII letters without case; it has no wildcards.\n", ""),
        *(
            (
                f"          title: {title}\n          {_ROW}",
                f"          title: {title}\n          {_ROW.replace('like: any, ', '')}",
            )
            for title in ("text", "list")
        ),
        ("            like: any\n", ""),
    )
)
"""An operator less; its example stays."""
NO_EXAMPLE_OF_LIKE = Edit(
    replaced=(
        (
            "              like:\n"
            "                summary: Anywhere in the text, ASCII without case; the percent sign means itself.\n"
            "                value: {filter_field: output, filter_operator: like, filter_value: 100% s}\n",
            "",
        ),
    )
)
