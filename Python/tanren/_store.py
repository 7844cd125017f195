import os
import pathlib
import sqlite3

from tanren._errors import TanrenError

# "TNRN", as `StoreSchema` has it.
APPLICATION = 0x544E524E
# The versions of the schema that can be read; see `StoreSchema.migrations`.
SCHEMAS = range(1, 7)


class Store:
    """A store of studies, opened for reading. Each call of `rows` sees the store as it is then."""

    def __init__(self, path):
        self.path = os.fspath(path)
        if not os.path.isfile(self.path):
            what = "a folder" if os.path.isdir(self.path) else "missing"
            raise TanrenError(f"{self.path} is {what}: name the SQLite file of a store, such as out/studies.sqlite")
        # A path may have characters that mean something in an address.
        self._address = pathlib.Path(self.path).absolute().as_uri() + "?mode=ro"
        with self.open() as database:
            (application,) = database.execute("PRAGMA application_id").fetchone()
            (self.version,) = database.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION:
            raise TanrenError(f"{self.path} is no store of studies: it is another program's database")
        if self.version not in SCHEMAS:
            raise TanrenError(
                f"{self.path} has version {self.version} of the schema, and this package reads versions "
                f"{SCHEMAS[0]} to {SCHEMAS[-1]}: pip install --upgrade tanren")

    def open(self):
        return _Connection(self)

    def rows(self, query, parameters=()):
        """The names of a query's columns, and its rows as dictionaries."""
        with self.open() as database:
            cursor = database.execute(query, parameters)
            names = [column[0] for column in cursor.description]
            return names, [dict(zip(names, row)) for row in cursor]


class _Connection:
    """A connection that is closed in the end, and whose errors say which store they are of."""

    def __init__(self, store):
        self._store = store

    def __enter__(self):
        try:
            self._database = sqlite3.connect(self._store._address, uri=True, timeout=20)
            self._database.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.Error as error:
            raise self._failure(error) from error
        return self._database

    def __exit__(self, kind, error, trace):
        self._database.close()
        if isinstance(error, sqlite3.Error):
            raise self._failure(error) from error

    def _failure(self, error):
        path = self._store.path
        if "not a database" in str(error):
            return TanrenError(f"{path} is no store of studies: {error}")
        # SQLite makes files beside a database with a write-ahead log even for reading it.
        hint = "" if os.access(os.path.dirname(os.path.abspath(path)), os.W_OK) else (
            ": its folder can't be written to, so copy the store, and the file that ends in -wal if there is one")
        return TanrenError(f"{path} can't be read: {error}{hint}")
