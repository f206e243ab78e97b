"""The Thrift side: the calls of the databricks-sql-connector, served with its own generated service."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import TCLIService, ttypes
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TTransport import TMemoryBuffer

from demo.emulator.faults import Faults
from demo.emulator.statements import Statement, Statements
from queries.kinds import Param

DIRECT_WAIT, POLL_WAIT = 5.0, 0.2  # seconds that ExecuteStatement and GetOperationStatus wait for the end
ROWS_PER_BATCH = 10_000
OK = ttypes.TStatus(statusCode=ttypes.TStatusCode.SUCCESS_STATUS)
_STATES = {
    "RUNNING": ttypes.TOperationState.RUNNING_STATE,
    "SUCCEEDED": ttypes.TOperationState.FINISHED_STATE,
    "FAILED": ttypes.TOperationState.ERROR_STATE,
    "CANCELED": ttypes.TOperationState.CANCELED_STATE,
}
_TYPES = (
    (pa.types.is_boolean, ttypes.TTypeId.BOOLEAN_TYPE),
    (pa.types.is_int8, ttypes.TTypeId.TINYINT_TYPE),
    (pa.types.is_int16, ttypes.TTypeId.SMALLINT_TYPE),
    (pa.types.is_int32, ttypes.TTypeId.INT_TYPE),
    (pa.types.is_integer, ttypes.TTypeId.BIGINT_TYPE),
    (pa.types.is_float32, ttypes.TTypeId.FLOAT_TYPE),
    (pa.types.is_floating, ttypes.TTypeId.DOUBLE_TYPE),
    (pa.types.is_decimal, ttypes.TTypeId.DECIMAL_TYPE),
    (pa.types.is_timestamp, ttypes.TTypeId.TIMESTAMP_TYPE),
    (pa.types.is_date, ttypes.TTypeId.DATE_TYPE),
    (pa.types.is_list, ttypes.TTypeId.ARRAY_TYPE),
    (pa.types.is_map, ttypes.TTypeId.MAP_TYPE),
    (pa.types.is_struct, ttypes.TTypeId.STRUCT_TYPE),
)


class Service:
    """Answers the calls of one warehouse."""

    def __init__(self, statements: Statements, faults: Faults) -> None:
        self.direct_wait = DIRECT_WAIT
        self._statements, self._faults = statements, faults
        self._sessions: dict[bytes, dict[str, str]] = {}  # their settings
        self._offsets: dict[str, int] = {}
        self._processor = TCLIService.Processor(self)

    def serve(self, body: bytes) -> bytes:
        """One call: its bytes in, the answer's bytes out."""
        out = TMemoryBuffer()
        self._processor.process(TBinaryProtocol(TMemoryBuffer(body)), TBinaryProtocol(out))
        return bytes(out.getvalue())

    # The methods below have the names of the service.

    def OpenSession(self, req: Any) -> Any:  # noqa: N802
        guid = uuid.uuid4().bytes
        self._sessions[guid] = {name.upper(): text for name, text in (req.configuration or {}).items()}
        handle = ttypes.TSessionHandle(sessionId=ttypes.THandleIdentifier(guid=guid, secret=guid))
        version = ttypes.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V7
        return ttypes.TOpenSessionResp(
            status=OK,
            serverProtocolVersion=version,
            sessionHandle=handle,
            initialNamespace=req.initialNamespace,
            canUseMultipleCatalogs=True,
        )

    def CloseSession(self, req: Any) -> Any:  # noqa: N802
        self._sessions.pop(req.sessionHandle.sessionId.guid, None)
        return ttypes.TCloseSessionResp(status=OK)

    def ExecuteStatement(self, req: Any) -> Any:  # noqa: N802
        guid = req.sessionHandle.sessionId.guid
        if self._faults.take("dead_session"):
            self._sessions.clear()
        if guid not in self._sessions:
            gone = f"Invalid SessionHandle: SessionHandle [{uuid.UUID(bytes=guid)}] is closed"
            return ttypes.TExecuteStatementResp(status=_error(gone, "08003"))
        tags = _tags((req.confOverlay or {}).get("query_tags", ""))
        given = self._sessions[guid]
        ansi = given["ANSI_MODE"].lower() == "true" if "ANSI_MODE" in given else None
        zone = given.get("TIMEZONE", "")
        statement = self._statements.start(req.statement, _params(req.parameters or []), tags, zone, ansi)
        handle = ttypes.TOperationHandle(
            operationId=ttypes.THandleIdentifier(guid=uuid.UUID(statement.id).bytes, secret=b"0" * 16),
            operationType=ttypes.TOperationType.EXECUTE_STATEMENT,
            hasResultSet=True,
        )
        statement.done.wait(self.direct_wait)
        direct = ttypes.TSparkDirectResults(operationStatus=_status(statement))
        if statement.state == "SUCCEEDED":
            direct.resultSetMetadata = self._metadata(statement)
            direct.resultSet = self._rows(statement, (req.getDirectResults.maxRows if req.getDirectResults else 0) or 0)
            if not direct.resultSet.hasMoreRows:
                direct.closeOperation = ttypes.TCloseOperationResp(status=OK)
        return ttypes.TExecuteStatementResp(status=OK, operationHandle=handle, directResults=direct)

    def GetOperationStatus(self, req: Any) -> Any:  # noqa: N802
        statement = self._statement(req.operationHandle)
        if statement is None:
            return ttypes.TGetOperationStatusResp(status=_error("unknown operation", "HY000"))
        statement.done.wait(POLL_WAIT)
        return _status(statement)

    def GetResultSetMetadata(self, req: Any) -> Any:  # noqa: N802
        statement = self._statement(req.operationHandle)
        if statement is None or statement.table is None:
            return ttypes.TGetResultSetMetadataResp(status=_error("no result", "HY000"))
        return self._metadata(statement)

    def FetchResults(self, req: Any) -> Any:  # noqa: N802
        statement = self._statement(req.operationHandle)
        if statement is None or statement.table is None:
            return ttypes.TFetchResultsResp(status=_error("no result", "HY000"))
        return self._rows(statement, req.maxRows or 0)

    def CancelOperation(self, req: Any) -> Any:  # noqa: N802
        if statement := self._statement(req.operationHandle):
            self._statements.cancel(statement)
        return ttypes.TCancelOperationResp(status=OK)

    def CloseOperation(self, req: Any) -> Any:  # noqa: N802
        return ttypes.TCloseOperationResp(status=OK)

    def _statement(self, handle: Any) -> Statement | None:
        return self._statements.get(str(uuid.UUID(bytes=handle.operationId.guid)))

    def _metadata(self, statement: Statement) -> Any:
        table = statement.table
        assert table is not None
        columns = [_column(field, i) for i, field in enumerate(table.schema)]
        return ttypes.TGetResultSetMetadataResp(
            status=OK,
            schema=ttypes.TTableSchema(columns=columns),
            resultFormat=ttypes.TSparkRowSetType.ARROW_BASED_SET,
            lz4Compressed=False,
            arrowSchema=table.schema.serialize().to_pybytes(),
            isStagingOperation=False,
        )

    def _rows(self, statement: Statement, most: int) -> Any:
        """The next rows; the connector asks again while there are more."""
        table = statement.table
        assert table is not None
        first = self._offsets.get(statement.id, 0)
        part = table.slice(first, min(most or ROWS_PER_BATCH, ROWS_PER_BATCH))
        self._offsets[statement.id] = first + part.num_rows
        batches = [
            ttypes.TSparkArrowBatch(batch=batch.serialize().to_pybytes(), rowCount=batch.num_rows)
            for batch in part.combine_chunks().to_batches()
        ]
        rows = ttypes.TRowSet(startRowOffset=first, rows=[], arrowBatches=batches)
        more = first + part.num_rows < table.num_rows
        if not more:
            statement.delivered = time.perf_counter()
        told = self._metadata(statement)  # the connector reads the format from here when it asks for more
        return ttypes.TFetchResultsResp(status=OK, hasMoreRows=more, results=rows, resultSetMetadata=told)


def _error(message: str, sql_state: str) -> Any:
    return ttypes.TStatus(statusCode=ttypes.TStatusCode.ERROR_STATUS, sqlState=sql_state, errorMessage=message)


def _status(statement: Statement) -> Any:
    return ttypes.TGetOperationStatusResp(
        status=OK,
        operationState=_STATES[statement.state],
        sqlState=statement.sql_state or None,
        errorMessage=statement.message or None,
        displayMessage=statement.message or None,
        hasResultSet=True,
    )


def _column(field: pa.Field, place: int) -> Any:
    kind = next((found for test, found in _TYPES if test(field.type)), ttypes.TTypeId.STRING_TYPE)
    qualifiers = None
    if kind == ttypes.TTypeId.DECIMAL_TYPE:
        sizes = {"precision": field.type.precision, "scale": field.type.scale}
        values = {name: ttypes.TTypeQualifierValue(i32Value=size) for name, size in sizes.items()}
        qualifiers = ttypes.TTypeQualifiers(qualifiers=values)
    entry = ttypes.TPrimitiveTypeEntry(type=kind, typeQualifiers=qualifiers)
    described = ttypes.TTypeDesc(types=[ttypes.TTypeEntry(primitiveEntry=entry)])
    return ttypes.TColumnDesc(columnName=field.name, typeDesc=described, position=place + 1)


def _tags(text: str) -> Mapping[str, str]:
    """``a:b,c:d`` as the connector writes query tags."""
    return dict(pair.split(":", 1) for pair in text.split(",") if ":" in pair)


def _params(given: list[Any]) -> dict[str, Param]:
    return {one.name: value(one.type, one.value.stringValue if one.value else None) for one in given}


def value(kind: str, text: str | None) -> Any:
    """A parameter from its type and text, as both transports send it."""
    if text is None:
        return None
    word = kind.upper().split("(")[0]
    if word == "DATE":
        return dt.date.fromisoformat(text)
    if word in ("TIMESTAMP", "TIMESTAMP_NTZ"):
        found = dt.datetime.fromisoformat(text)
        return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found
    if word in ("INT", "BIGINT", "SMALLINT", "TINYINT"):
        return int(text)
    if word in ("DOUBLE", "FLOAT"):
        return float(text)
    if word == "DECIMAL":
        return Decimal(text)
    return text.lower() == "true" if word == "BOOLEAN" else text
