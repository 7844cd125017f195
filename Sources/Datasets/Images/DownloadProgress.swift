/// Told how a download goes: the file's name, the bytes that have come, and the bytes in all.
public typealias DownloadProgress = @Sendable (_ file: String, _ received: Int, _ total: Int) -> Void
