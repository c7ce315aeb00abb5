package import Content
package import EventLoop

/// Where a node makes archives and keeps them: a folder of this machine, and the content storage.
package struct ExportPlace: Sendable {
    package let storage: any ContentStorage
    /// Where archives are made: best on the storage's own disk.
    package let folder: String
    package let lane: WorkLane

    /// Names a place.
    ///
    /// - Parameters:
    ///   - storage: Keeps what is finished, and has the files' bytes.
    ///   - folder: Where archives are made; it must exist.
    ///   - lane: Where the disk is waited for.
    package init(storage: any ContentStorage, folder: String, lane: WorkLane) {
        self.storage = storage
        self.folder = folder
        self.lane = lane
    }
}
