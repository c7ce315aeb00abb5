import EventLoop

extension EventLoop {
    /// Runs an async body on this loop, from anywhere else, and returns or throws what it does.
    func carryOut<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value
    {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            execute {
                // No capture list: with one, the closure would leave the loop.
                self.run {
                    do {
                        continuation.resume(returning: .success(try await body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        }
        return try result.get()
    }
}
