public import CLinux

extension Array where Element: AnyObject {
    /// Calls `body` with each object, while the memory of those that come soon is on its way into the cache.
    ///
    /// For walks over so many that they do not stay there from one walk to the next: a walk over ten thousand would wait for memory
    /// at each.
    @inlinable
    package func forEachFetchingAhead(_ body: (Element) -> Void) {
        let ahead = 8
        withUnsafeBytes { references in
            for place in indices {
                if place + ahead < count {
                    // The object is not touched: a reference is where it begins.
                    let offset = (place + ahead) * MemoryLayout<Element>.stride
                    clinux_fetch(references.load(fromByteOffset: offset, as: UnsafeRawPointer.self))
                }
                body(self[place])
            }
        }
    }
}
