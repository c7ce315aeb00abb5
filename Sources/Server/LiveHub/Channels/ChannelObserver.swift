package import LiveProtocol

/// Hears of a log channel's events on a loop before its members do: the home of a class's state.
///
/// Confined to the loop.
package protocol ChannelObserver: AnyObject {
    /// Events that follow one another without a hole.
    func channelDidDeliver(_ publication: Publication, in channel: ChannelKey)
}
