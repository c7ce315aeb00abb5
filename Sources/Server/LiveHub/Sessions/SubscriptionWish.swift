import LiveProtocol

/// What a client asks for with a subscription, and what of it the namespace gives.
struct SubscriptionWish {
    /// What the client sent.
    let request: SubscribeRequest
    /// Whether the subscription can be recovered.
    let isRecoverable: Bool
    /// Whether the subscriber is told its place in the channel.
    let isPositioned: Bool
    /// Whether the client is to be brought up to date now.
    let recovers: Bool
    /// How it wants publications.
    let manner: Manner

    /// Judges a request.
    ///
    /// - Throws: A bad request (107), for a filter that is none and a kind of difference that is not known.
    init(_ request: SubscribeRequest, in namespace: Namespace) throws(ProtocolError) {
        self.request = request
        let hasPlace = namespace.kind != .ephemeral
        isRecoverable = hasPlace && namespace.recovery.gives(request.recoverable || request.recover)
        isPositioned = isRecoverable || (hasPlace && namespace.positioning.gives(request.positioned))
        recovers = request.recover && isRecoverable
        var manner = Manner()
        guard request.delta.isEmpty || request.delta == "fossil" else {
            throw .badRequest("the kind of delta is unknown")
        }
        manner.hearsJoins = namespace.joins == .asked && request.joinLeave
        if let filter = request.tagsFilter, !namespace.isLog {
            guard namespace.allowsTagsFilter else { throw .badRequest("tags filter is not allowed here") }
            do throws(TagsFilter.Problem) {
                manner.filter = try TagsFilter(filter)
            } catch {
                throw .badRequest("field \"tf\" \(error.text)")
            }
        }
        // A difference is to the publication before, which a filter may have kept back.
        manner.takesDeltas =
            namespace.allowsDelta && hasPlace && !request.delta.isEmpty && manner.filter == nil
        self.manner = manner
    }
}

/// A subscription by the server that is ready to begin.
struct PreparedSubscription {
    let channel: LocalChannel
    let grant: Admission.Grant
    let wish: SubscriptionWish
    let recovery: StreamRecovery
    /// Where the channel stood then.
    let position: StreamPosition
}
