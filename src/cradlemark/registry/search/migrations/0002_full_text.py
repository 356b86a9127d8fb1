"""The full text beside the rows, kept by the database itself, and rows for the labels that are there already."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# The tokens are cut by us: a tokeniser that takes every character beyond ASCII as part of a token splits at blanks only.
SQLITE = (
    "CREATE VIRTUAL TABLE search_text USING fts5(tokens, content='search_row', content_rowid='sequence', tokenize='ascii')",
    (
        "CREATE TRIGGER search_row_added AFTER INSERT ON search_row BEGIN"
        " INSERT INTO search_text(rowid, tokens) VALUES (new.sequence, new.tokens); END"
    ),
    (
        "CREATE TRIGGER search_row_removed AFTER DELETE ON search_row BEGIN"
        " INSERT INTO search_text(search_text, rowid, tokens) VALUES ('delete', old.sequence, old.tokens); END"
    ),
    (
        "CREATE TRIGGER search_row_changed AFTER UPDATE OF tokens ON search_row BEGIN"
        " INSERT INTO search_text(search_text, rowid, tokens) VALUES ('delete', old.sequence, old.tokens);"
        " INSERT INTO search_text(rowid, tokens) VALUES (new.sequence, new.tokens); END"
    ),
)
# A tsvector is written out with the place of every token: the parser of PostgreSQL, which depends on the locale, is left out.
POSTGRESQL = (
    "ALTER TABLE search_row ADD COLUMN words tsvector NOT NULL DEFAULT ''",
    """
    CREATE FUNCTION search_row_words() RETURNS trigger AS $$ BEGIN
      new.words := coalesce((SELECT string_agg(quote_literal(token) || ':' || least(place, 16383), ' ')
        FROM unnest(string_to_array(new.tokens, ' ')) WITH ORDINALITY AS cut(token, place) WHERE token <> ''), '')::tsvector;
      RETURN new;
    END $$ LANGUAGE plpgsql
    """,
    (
        "CREATE TRIGGER search_row_words BEFORE INSERT OR UPDATE OF tokens ON search_row"
        " FOR EACH ROW EXECUTE FUNCTION search_row_words()"
    ),
    "CREATE INDEX search_row_words ON search_row USING gin(words)",
)


def install(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the full text of the database at hand."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement)


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Index the labels that were issued before there was an index."""
    from cradlemark.label.claim import read_claim
    from cradlemark.registry.search.row import row_of

    row_class, label_class = apps.get_model("search", "Row"), apps.get_model("labels", "Label")
    apps.get_model("search", "Clock").objects.create(pk=1)
    known = {field.name for field in row_class._meta.get_fields()}
    for label in label_class.objects.order_by("sequence").iterator(chunk_size=500):
        fields = {
            name: value for name, value in row_of(read_claim(bytes(label.claim))).items() if name in known
        }
        row_class.objects.create(
            sequence=label.sequence, label_id=label.number, state=label.state, clock=0, **fields
        )


class Migration(migrations.Migration):
    """Forward only."""

    dependencies = (("search", "0001_first"),)
    operations = (migrations.RunPython(install), migrations.RunPython(fill))
