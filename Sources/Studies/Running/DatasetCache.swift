/// Data sets on the device, each loaded once.
final class DatasetCache {
  struct Entry {
    let data: DatasetPair
    let identity: DataIdentity
  }

  private struct ResidentKey: Hashable {
    let data: MethodSpec
    let examples: Int?
  }

  private let folders: DataFolders
  private let progress: DownloadProgress?
  private let loaded: (_ origin: String) -> Void
  private var entries: [MethodSpec: Entry] = [:]
  private var residents: [ResidentKey: ResidentPair] = [:]

  /// - Parameter loaded: called with where a data set came from.
  init(folders: DataFolders, progress: DownloadProgress?, loaded: @escaping (_ origin: String) -> Void) {
    (self.folders, self.progress, self.loaded) = (folders, progress, loaded)
  }

  /// - Throws: `ConfigurationError`, `DatasetError`.
  func entry(_ choice: MethodSpec) throws -> Entry {
    if let entry = entries[choice] { return entry }
    let data = try Registry<any DataSource>.all.build(choice).load(from: folders, progress: progress)
    let entry = Entry(data: data, identity: DataIdentity(data, source: choice.description))
    entries[choice] = entry
    loaded(data.origin)
    return entry
  }

  /// - Throws: as ``entry(_:)`` does, and `EngineError` if the device can't hold the data.
  func resident(_ configuration: RunConfiguration) throws -> ResidentPair {
    let key = ResidentKey(data: configuration.data, examples: configuration.examples)
    if let pair = residents[key] { return pair }
    let pair = try ResidentPair(try entry(configuration.data).data, examples: configuration.examples)
    residents[key] = pair
    return pair
  }
}
