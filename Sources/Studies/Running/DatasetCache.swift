/// Data sets on the device, each loaded once. With a limit of memory only the last one is kept.
final class DatasetCache {
  struct Entry {
    let data: OpenedData
    let identity: DataIdentity
  }

  private struct EntryKey: Hashable {
    let data: MethodSpec
    /// Experiments take all of their data at once.
    let isWhole: Bool

    init(_ configuration: RunConfiguration) {
      (data, isWhole) = (configuration.data, configuration.experiment != nil)
    }
  }

  private struct ResidentKey: Hashable {
    let data: MethodSpec
    let examples: Int?
  }

  private let folders: DataFolders
  private let progress: DownloadProgress?
  private let memory: Int?
  private let loaded: (_ origin: String) -> Void
  private var entries: [EntryKey: Entry] = [:]
  private var residents: [ResidentKey: ResidentPair] = [:]

  /// - Parameters:
  ///   - memory: the most bytes that inputs take at a time; nil to have all data in memory.
  ///   - loaded: called with where a data set came from.
  init(
    folders: DataFolders, progress: DownloadProgress?, memory: Int?, loaded: @escaping (_ origin: String) -> Void
  ) {
    (self.folders, self.progress, self.memory, self.loaded) = (folders, progress, memory, loaded)
  }

  /// The data of a run, in memory or not.
  /// - Throws: `ConfigurationError`, `DatasetError`.
  func entry(_ configuration: RunConfiguration) throws -> Entry {
    let key = EntryKey(configuration)
    if let entry = entries[key] { return entry }
    if memory != nil { (entries, residents) = ([:], [:]) }
    let source = try Registry<any DataSource>.all.build(key.data)
    let data = try OpenedData(
      source, named: key.data.name, folders: folders, progress: progress, memory: key.isWhole ? nil : memory)
    let entry = Entry(data: data, identity: try DataIdentity(data, source: key.data.description))
    entries[key] = entry
    loaded(data.description)
    return entry
  }

  /// - Throws: as ``entry(_:)`` does, and `EngineError` if the device can't hold the data.
  func resident(_ configuration: RunConfiguration) throws -> ResidentPair {
    let key = ResidentKey(data: configuration.data, examples: configuration.examples)
    if let pair = residents[key] { return pair }
    if memory != nil { residents = [:] }
    let pair = try entry(configuration).data.resident(examples: configuration.examples)
    residents[key] = pair
    return pair
  }
}
