/// Takes a tree in the order of its text: every element that is opened is closed, in turn.
protocol HTMLSink {
    mutating func open(_ element: HTMLElement, _ attributes: [HTMLAttribute])
    /// Closes the innermost open element, which is `element`; void elements are not closed.
    mutating func close(_ element: HTMLElement)
    mutating func text(_ bytes: [UInt8])
}
