import CLibPQ
import EventLoop

/// A text of several statements under way.
struct SimpleFlight {
    var results: [Rows] = []
    var error: PostgresError?
    var then: (Result<[Rows], PostgresError>) -> Void
}

extension PostgresConnection {
    /// Runs a text of one or more statements by the simple protocol; results come as text.
    ///
    /// One at a time, on a connection of mode `simple`. Without `BEGIN` in the text all of it is one
    /// transaction.
    func runSimple(_ sql: String, then: @escaping (Result<[Rows], PostgresError>) -> Void) {
        precondition(mode == .simple && simpleFlight == nil, "one text at a time, on a simple connection")
        guard let raw, phase == .ready || phase == .preparing else {
            return later { then(.failure(.unavailable("the connection is closed"))) }
        }
        guard !sql.utf8.contains(0) else { return later { then(.failure(.encoding("a text holds U+0000"))) } }
        lastProgress = loop.now
        simpleFlight = SimpleFlight(then: then)
        guard PQsendQuery(raw, sql) == 1 else {
            let reason = errorText
            return later { [weak self] in self?.close(.connectionLost(reason)) }
        }
        flush()
        watchSilence()
    }

    /// Takes the results that have arrived whole.
    func drainSimple(_ raw: OpaquePointer) {
        if simpleFlight == nil { _ = PQisBusy(raw) }
        while phase != .closed, simpleFlight != nil, PQisBusy(raw) == 0 {
            guard let pointer = PQgetResult(raw) else {
                // After the end of the stream libpq has no results either; the caller hears of the loss then.
                if PQstatus(raw) == CONNECTION_BAD { return }
                finishSimple()
                continue
            }
            takeSimple(ResultHandle(owning: pointer))
        }
    }

    private func takeSimple(_ result: consuming ResultHandle) {
        switch result.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: simpleFlight?.results.append(Rows(result))
        case PGRES_FATAL_ERROR:
            let report = result.serverError(statement: simpleFlight?.results.count)
            if result.endsConnection, lastWords == nil { lastWords = report.message }
            if simpleFlight?.error == nil { simpleFlight?.error = .server(report) }
        default: close(.connectionLost("COPY does not work here"))
        }
    }

    private func finishSimple() {
        guard let flight = simpleFlight else { return }
        simpleFlight = nil
        switch flight.error {
        case .server(let report) where report.state == .queryCanceled:
            flight.then(.failure(.timeout(.statement)))
        case .some(let error): flight.then(.failure(error))
        case nil: flight.then(.success(flight.results))
        }
        if phase != .closed { owner?.connectionHasRoom(self) }
    }
}
