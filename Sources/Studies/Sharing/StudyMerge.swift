import Foundation
import GRDB

/// Puts the runs of several stores together in one, those of tasks that each trained a ``StudyShare``, say.
///
/// Merging again changes nothing, and merging may be done while tasks are still at work: what they finish later is added then. Of a run
/// that several stores have, the furthest state counts. Stores that say different things of it are refused, and nothing is changed.
public struct StudyMerge {
  /// What a merge did.
  public struct Summary: Sendable, Hashable {
    public var stores = 0
    /// Runs that the target didn't have, or not as far.
    public var merged = 0
    /// Runs that the target had already.
    public var known = 0
    /// Runs that a task is training now; they are merged once it has ended.
    public var running = 0
    /// By study the tasks whose stores are missing, where it was divided among tasks.
    public var missing: [String: [Int]] = [:]
    /// The studies as they are now.
    public var studies: [StoredStudy] = []
  }

  private let target: StudyStore

  public init(into target: StudyStore) { self.target = target }

  /// The stores that some paths name: files, and all `*.sqlite` of folders.
  /// - Parameter target: left out.
  /// - Throws: ``StoreError/missing(path:)``, ``StoreError/noStores(folder:)``.
  public static func paths(_ paths: [String], besides target: String) throws(StoreError) -> [String] {
    let own = URL(fileURLWithPath: target).resolvingSymlinksInPath().path
    var found: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing(path: path) }
      var files = [path]
      if isFolder.boolValue {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        files = names.filter { $0.hasSuffix(".sqlite") }.sorted().map { "\(path)/\($0)" }
      }
      files.removeAll { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path == own }
      guard !files.isEmpty else { throw .noStores(folder: path) }
      found += files
    }
    return found
  }

  /// - Parameters:
  ///   - paths: of stores, as ``paths(_:besides:)`` gives them.
  ///   - study: the one to merge, which all stores must have that have any; nil for all studies.
  ///   - replaces: whether a study's plan may lack runs with results that the target has.
  /// - Throws: ``StoreError/contradictory(path:_:)``, ``StoreError/damagedRun(path:run:arm:seed:study:)`` and other
  ///   ``StoreError``s; `ConfigurationError` for a plan that this version can't expand.
  @discardableResult
  public func merge(_ paths: [String], study: String? = nil, replaces: Bool = false) throws -> Summary {
    // What a killed task left half written is taken back by opening a store for writing.
    let sources = try paths.map { path throws(StoreError) in
      try StudyStore(path, access: FileManager.default.isWritableFile(atPath: path) ? .write : .read)
    }
    let (names, summary) = try target.writeConfigured { database in
      var session = MergeSession(database, target: target, study: study)
      for source in sources { try source.readConfigured { try session.add(source, $0) } }
      try session.finish(replaces: replaces)
      return (session.studies, session.summary)
    }
    var result = summary
    result.studies = try names.map { name throws(StoreError) in try target.study(named: name) }
    return result
  }
}
