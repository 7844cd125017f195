import Foundation
import GRDB
import TestSupport
import Testing

@testable import Studies

@Suite(.tags(.unit, .slow)) struct StoreErrorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [StudyStore.Access.read, .write])
  func aMissingStoreIsNotMade(_ access: StudyStore.Access) {
    let path = folder("none.sqlite")
    #expect(throws: StoreError.missing(path: path)) { try StudyStore(path, access: access) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: ["this is text and no database at all, however long it may be", String(repeating: "x", count: 5000)])
  func textIsNoStoreAndStaysAsItIs(_ text: String) throws {
    let path = folder("notes.txt")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    for access in [StudyStore.Access.create, .write, .read] {
      #expect(throws: StoreError.notStore(path: path, reason: "it isn't an SQLite database")) {
        try StudyStore(path, access: access)
      }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func anotherProgramsDatabaseIsNoStoreAndStaysAsItIs() throws {
    let path = folder("other.sqlite")
    try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE studies (name TEXT)") }
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: StoreError.notStore(path: path, reason: "it is another program's database")) {
      try StudyStore(path)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func aFolderIsNoStore() {
    #expect(throws: StoreError.self) { try StudyStore(folder.path) }
  }

  @Test func aNewerSchemaIsLeftAlone() throws {
    let path = folder("newer.sqlite")
    try StudyStore(path).register(StoreSamples.plan())
    try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
    for access in [StudyStore.Access.create, .write, .read] {
      let error = #expect(throws: StoreError.self) { try StudyStore(path, access: access) }
      #expect(error == .newerSchema(path: path, version: 99, supported: StoreSchema.version))
      #expect(try #require(error).description.contains("Use the newer program"))
    }
  }

  @Test func anOlderSchemaIsBroughtToTheNewest() throws {
    let path = folder("older.sqlite")
    let plan = StoreSamples.plan()
    let newest = try StudyStore(path).register(plan)
    func families() throws -> [String] {
      try DatabaseQueue(path: path).read { try String.fetchAll($0, sql: "SELECT family FROM runs ORDER BY key") }
    }
    let expected = try families()
    try StoreSamples.age(path, to: 1)
    #expect(try StudyStore(path).studies().map(\.name) == [newest.name])
    #expect(try families() == expected)
    #expect(!expected.contains(""))
  }

  @Test func whatIsOpenedForReadingIsNotWritten() throws {
    let path = folder("store.sqlite")
    try StudyStore(path).register(StoreSamples.plan())
    let store = try StudyStore(path, access: .read)
    #expect(try store.studies().map(\.name) == ["sample"])
    #expect(throws: StoreError.readOnly(path: path)) { try store.register(StoreSamples.plan("other")) }
    #expect(throws: StoreError.readOnly(path: path)) { try store.claim(worker: WorkerIdentity()) }
  }

  @Test(.enabled(if: getuid() != 0, "permissions don't hold for the superuser"))
  func filesThatMayOnlyBeReadCanBeRead() throws {
    let path = folder("store.sqlite")
    try StudyStore(path).register(StoreSamples.plan())
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
    #expect(try StudyStore(path, access: .read).studies().count == 1)
    #expect(throws: StoreError.self) { try StudyStore(path, access: .write) }
    #expect(throws: StoreError.self) { try StudyStore(folder("new.sqlite")) }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func aFolderThatCantBeMadeIsTold() throws {
    let error = #expect(throws: StoreError.self) { try StudyStore("/proc/nowhere/store.sqlite") }
    guard case .cannotOpen = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aFullDiskLosesNothing() throws {
    let path = folder("store.sqlite")
    let store = try StudyStore(path)
    try store.register(StoreSamples.plan())
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: nil)
    try store.write { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
    }
    let error = #expect(throws: StoreError.self) { try store.register(StoreSamples.plan("large", arms: 40, seeds: 40)) }
    #expect(error == .full(path: path))
    #expect(try #require(error).description.contains("Free some space"))
    // What was there is there, and nothing of the plan is.
    #expect(try store.studies().map(\.name) == ["sample"])
    #expect(try store.counts().total == 6)
    #expect(try StudyStore(path, access: .read).results(of: store.study("sample")).runs[0].history.epochs.count == 1)
  }

  @Test func aLockedStoreIsToldAfterAWhile() throws {
    let path = folder("store.sqlite")
    try StudyStore(path).register(StoreSamples.plan())
    let other = try DatabaseQueue(path: path)
    try other.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE; UPDATE runs SET attempts = 1")
      let start = Date()
      let error = #expect(throws: StoreError.self) {
        try StudyStore(path, access: .write, busySeconds: 0.3).claim(worker: WorkerIdentity())
      }
      guard case .locked = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(Date().timeIntervalSince(start) >= 0.3)
      try database.execute(sql: "ROLLBACK")
    }
    #expect(try StudyStore(path).claim(worker: WorkerIdentity()) != nil)
  }

  @Test func damagedPagesAreTold() throws {
    let path = folder("store.sqlite")
    try StudyStore(path).register(StoreSamples.plan(arms: 20, seeds: 20))
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for index in 4096..<bytes.count { bytes[index] = 0xA5 }
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: StoreError.self) { try StudyStore(path, access: .read).studies() }
    guard case .damaged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func unknownStudiesAreToldWithTheNearest() throws {
    let store = try StudyStore(folder("store.sqlite"))
    #expect(throws: StoreError.unnamedStudy(known: [], path: store.path)) { try store.study(nil) }
    try store.register(StoreSamples.plan("rates"))
    try store.register(StoreSamples.plan("batches"))
    #expect(throws: StoreError.unnamedStudy(known: ["batches", "rates"], path: store.path)) { try store.study(nil) }
    let error = #expect(throws: StoreError.self) { try store.study("rats") }
    #expect(try #require(error).description.contains("did you mean 'rates'?"))
  }

  @Test func sharedDisksAreToldByTheirMounts() {
    let mounts = """
      /dev/sda1 / ext4 rw 0 0
      server:/home /home nfs4 rw 0 0
      tmpfs /home/me/tmp tmpfs rw 0 0
      //nas/x /mnt/a\\040b cifs rw 0 0
      """
    #expect(FileSystem.kind(of: "/work/store.sqlite", mounts: mounts) == "ext4")
    #expect(FileSystem.kind(of: "/home/me/store.sqlite", mounts: mounts) == "nfs4")
    #expect(FileSystem.kind(of: "/homeland/store.sqlite", mounts: mounts) == "ext4")
    #expect(FileSystem.kind(of: "/home/me/tmp/store.sqlite", mounts: mounts) == "tmpfs")
    #expect(FileSystem.kind(of: "/mnt/a b/store.sqlite", mounts: mounts) == "cifs")
  }
}
