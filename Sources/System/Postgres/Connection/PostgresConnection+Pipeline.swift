import CLibPQ
import DequeModule
import EventLoop

extension PostgresConnection {
    // MARK: Sending

    /// Sends a flight behind those in flight; its caller is told once, never before this returns.
    ///
    /// The connection must be ready, or preparing its session.
    func fly(_ flight: Flight) {
        precondition(mode == .pipelined, "a simple connection has no pipeline")
        guard let raw, phase == .ready || phase == .preparing else {
            return later { flight.then(.failure(.unavailable("the connection is closed"))) }
        }
        // Everything is encoded before anything is sent: a value that cannot be sent leaves no half of a
        // batch.
        buffer.reset()
        do {
            for step in flight.steps {
                for value in step.values { try buffer.append(value) }
            }
        } catch {
            return later { [weak self] in
                flight.then(.failure(error))
                if let self, phase != .closed { owner?.connectionHasRoom(self) }
            }
        }
        if flights.isEmpty { lastProgress = loop.now }
        flights.append(flight)
        guard prepare(flight, raw), send(flight, raw) else {
            let reason = errorText
            return later { [weak self] in self?.close(.connectionLost(reason)) }
        }
        flush()
        watchSilence()
    }

    /// Prepares what the flight needs and the connection lacks.
    ///
    /// Each has a Sync of its own: so a failure elsewhere never leaves one unprepared that is noted as
    /// prepared.
    private func prepare(_ flight: Flight, _ raw: OpaquePointer) -> Bool {
        var first = 0
        for step in flight.steps {
            let slots = buffer.slots[first..<first + step.values.count]
            first += step.values.count
            guard step.statement.isPrepared else {
                flight.variants.append(nil)
                continue
            }
            if let known = prepared.find(step.statement.sql, slots) {
                flight.variants.append(known)
                continue
            }
            guard let variant = prepared.add(step.statement.sql, slots) else {
                flight.variants.append(nil)
                continue
            }
            flight.variants.append(variant)
            guard PQsendPrepare(raw, variant.name, variant.sql, CInt(slots.count), variant.types) == 1,
                PQpipelineSync(raw) == 1
            else { return false }
            expected.append(.prepare(variant))
            expected.append(.prepareSync)
        }
        return true
    }

    private func send(_ flight: Flight, _ raw: OpaquePointer) -> Bool {
        var values: [UnsafePointer<CChar>?] = []
        var lengths: [CInt] = []
        var formats: [CInt] = []
        var first = 0
        for (step, variant) in zip(flight.steps, flight.variants) {
            let slots = buffer.slots[first..<first + step.values.count]
            first += step.values.count
            values.removeAll(keepingCapacity: true)
            lengths.removeAll(keepingCapacity: true)
            formats.removeAll(keepingCapacity: true)
            for slot in slots {
                values.append(buffer.pointer(slot))
                lengths.append(slot.length)
                formats.append(slot.format)
            }
            let count = CInt(slots.count)
            let isSent: CInt
            if let variant {
                isSent = PQsendQueryPrepared(raw, variant.name, count, values, lengths, formats, 1)
            } else {
                let types = slots.map(\.type)
                isSent = PQsendQueryParams(raw, step.statement.sql, count, types, values, lengths, formats, 1)
            }
            guard isSent == 1 else { return false }
            expected.append(.step)
        }
        guard PQpipelineSync(raw) == 1 else { return false }
        expected.append(.sync)
        return true
    }

    // MARK: Receiving

    /// Takes the results that have arrived whole.
    func drainPipeline(_ raw: OpaquePointer) {
        // Nothing is expected, but a notice or a parameter's change may have come.
        if expected.isEmpty { _ = PQisBusy(raw) }
        // libpq ends each statement's results with a null; two in a row mean that it has nothing for us at
        // all.
        var nulls = 0
        while phase != .closed, !expected.isEmpty, nulls < 2, PQisBusy(raw) == 0 {
            guard let result = PQgetResult(raw) else {
                nulls += 1
                continue
            }
            nulls = 0
            take(ResultHandle(owning: result))
        }
    }

    private func take(_ result: consuming ResultHandle) {
        guard let expectation = expected.first else { return }
        let status = result.status
        if status == PGRES_FATAL_ERROR, result.endsConnection {
            // The end of the stream follows and fails what is in flight.
            if lastWords == nil { lastWords = result.serverError(statement: nil).message }
            return
        }
        switch expectation {
        case .prepare(let variant):
            expected.removeFirst()
            if status != PGRES_COMMAND_OK { prepared.fail(variant, result.serverError(statement: nil)) }
        case .prepareSync:
            if status == PGRES_PIPELINE_SYNC { expected.removeFirst() }
        case .step:
            expected.removeFirst()
            takeStep(result, status)
        case .sync:
            if status == PGRES_PIPELINE_SYNC {
                expected.removeFirst()
                finishFlight()
            } else if status == PGRES_FATAL_ERROR, flights.first?.error == nil {
                // The commit failed: a deferred constraint, or a serialization failure.
                flights.first?.error = .server(result.serverError(statement: nil))
            }
        }
    }

    private func takeStep(_ result: consuming ResultHandle, _ status: ExecStatusType) {
        guard let flight = flights.first else { return }
        let number = stepsDone
        stepsDone += 1
        switch status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            if flight.steps[number].place != nil { flight.results.append(Rows(result)) }
        case PGRES_FATAL_ERROR:
            guard flight.error == nil else { return }
            flight.failedStep = number
            flight.error = .server(result.serverError(statement: flight.steps[number].place))
        case PGRES_PIPELINE_ABORTED: break
        default: close(.connectionLost("COPY does not work in a pipeline"))
        }
    }

    private func finishFlight() {
        guard let flight = flights.popFirst() else { return }
        stepsDone = 0
        var error = flight.error
        if let stale = error, stale.isStalePlan, let step = flight.failedStep,
            let variant = flight.variants[step]
        {
            if var cause = prepared.failure(of: variant) {
                cause.statement = flight.steps[step].place
                error = .server(cause)
            } else {
                prepared.forget(variant)
                if flight.isWholeTransaction, !flight.wasRetried {
                    flight.reset()
                    flight.wasRetried = true
                    return fly(flight)
                }
            }
        }
        if flights.isEmpty { prepared.clearFailures() }
        if case .server(let report) = error, report.state == .queryCanceled { error = .timeout(.statement) }
        if let error { flight.then(.failure(error)) } else { flight.then(.success(flight.results)) }
        if phase != .closed { owner?.connectionHasRoom(self) }
    }
}
