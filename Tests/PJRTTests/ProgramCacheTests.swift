import Foundation
import TestSupport
import Testing

@testable import PJRT

/// Compiled programs as bytes and on disk.
@Suite(.tags(.engine)) struct ProgramCacheTests {
  let folder: TemporaryFolder
  let client: Client

  init() throws {
    folder = try TemporaryFolder()
    client = try Engine.shared().client
  }

  private func engine(limit: Int = 1 << 30) throws -> Engine {
    try Engine(programCache: ProgramCache(folder: folder.path + "/programs", limit: limit))
  }

  private func run(_ program: Executable, _ value: Float, on engine: Engine) throws -> Float {
    try program.execute([engine.buffer(HostArray([value], shape: []))])[0].read().values()[0]
  }

  @Test func comesBackFromBytes() throws {
    let program = try client.compile(Programs.increment(count: 3))
    let copy = try client.load(serialized: program.serialize())
    #expect(copy.parameters == program.parameters)
    #expect(copy.outputs == program.outputs)
    let buffer = try client.buffer(HostArray([1, 2, 3] as [Float]))
    #expect(try copy.execute([buffer])[0].read().values() == [2, 3, 4] as [Float])
    // Donation is part of the program.
    #expect(buffer.isDeleted)
  }

  @Test func refusesDamagedBytes() throws {
    let good = try client.compile(Programs.scale(by: 3)).serialize()
    var bad: [[UInt8]] = [
      [], Array("tanren program 2".utf8), Array(good.dropLast()), Array(good.dropFirst()), good + [0],
    ]
    for position in stride(from: 0, to: good.count, by: good.count / 20) {
      var changed = good
      changed[position] ^= 1
      bad.append(changed)
    }
    for bytes in bad {
      let error = #expect(throws: EngineError.self) { try client.load(serialized: bytes) }
      guard case .corruptProgram = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func refusesProgramsOfAnotherPlugin() throws {
    let program = try client.compile(Programs.scale(by: 3)).serialize()
    // The second line is the fingerprint; with its digest made right again only that is wrong.
    var lines = program.dropLast(32).split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false).map(
      Array.init)
    lines[1] = [UInt8](repeating: UInt8(ascii: "0"), count: 64)
    let changed = Array(lines.joined(separator: [10]))
    var hash = SHA256()
    hash.update(changed)
    let error = #expect(throws: EngineError.self) { try client.load(serialized: changed + hash.digest()) }
    #expect(error?.description.contains("another plugin") == true)
  }

  @Test func findsWhatAnotherEngineCompiled() throws {
    let first = try engine()
    #expect(try run(first.compile(Programs.scale(by: 5)), 2, on: first) == 10)
    #expect(first.statistics.compiled == 1 && first.statistics.loaded == 0)
    #expect(first.statistics.compileSeconds > 0)
    #expect(first.programCache?.count == 1)
    let second = try engine()
    #expect(try run(second.compile(Programs.scale(by: 5)), 3, on: second) == 15)
    #expect(try run(second.compile(Programs.scale(by: 5)), 4, on: second) == 20)
    #expect(second.statistics.compiled == 0 && second.statistics.loaded == 1 && second.statistics.reused == 1)
    // Another text or other options make another program.
    #expect(try run(second.compile(Programs.scale(by: 6)), 3, on: second) == 18)
    #expect(second.statistics.compiled == 1)
    let cache = try #require(second.programCache)
    let keys = Set(
      [CompileOptions(), CompileOptions(replicas: 2), CompileOptions(usesSPMD: true)].map {
        cache.key("text", options: $0, client: second.client)
      })
    #expect(keys.count == 3)
  }

  @Test func compilesAnewWhatIsDamaged() throws {
    let first = try engine()
    _ = try first.compile(Programs.scale(by: 7))
    let name = try #require(folder.names("programs").first)
    let file = folder.path + "/programs/" + name
    let sound = try Data(contentsOf: URL(fileURLWithPath: file))
    for damaged in [sound.prefix(sound.count / 2), Data(), Data("rubbish".utf8)] {
      try damaged.write(to: URL(fileURLWithPath: file))
      let engine = try engine()
      #expect(try run(engine.compile(Programs.scale(by: 7)), 2, on: engine) == 14)
      #expect(engine.statistics.compiled == 1 && engine.statistics.loaded == 0)
      // It was put right.
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count >= sound.count / 2)
    }
    let last = try self.engine()
    _ = try last.compile(Programs.scale(by: 7))
    #expect(last.statistics.loaded == 1)
  }

  /// Of programs under each other's names none is taken for another, whether it has the same arguments or not.
  @Test func takesNoProgramForAnother() throws {
    let texts = [Programs.scale(by: 3), Programs.scale(by: 5), Programs.increment(count: 4)]
    let first = try engine()
    for text in texts { _ = try first.compile(text) }
    let cache = try #require(first.programCache)
    let files = texts.map {
      folder.path + "/programs/" + cache.key($0, options: CompileOptions(), client: first.client) + ".program"
    }
    let contents = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    for (index, file) in files.enumerated() { try contents[(index + 1) % 3].write(to: URL(fileURLWithPath: file)) }
    for (compiled, loaded) in [(3, 0), (0, 3)] {
      let engine = try engine()
      #expect(try run(engine.compile(texts[0]), 2, on: engine) == 6)
      #expect(try run(engine.compile(texts[1]), 2, on: engine) == 10)
      let increment = try engine.compile(texts[2])
      #expect(
        try increment.execute([engine.buffer(HostArray([1, 2, 3, 4] as [Float]))])[0].read().values() == [2, 3, 4, 5]
          as [Float])
      #expect(engine.statistics.compiled == compiled && engine.statistics.loaded == loaded)
    }
  }

  @Test func staysBelowItsLimit() throws {
    let size = try client.compile(Programs.scale(by: 100)).serialize().count
    let engine = try engine(limit: size * 4)
    for factor in 100..<110 { _ = try engine.compile(Programs.scale(by: factor)) }
    let cache = try #require(engine.programCache)
    #expect(cache.byteCount <= cache.limit)
    // Engines write programs of slightly different sizes, so that one more than four may fit.
    #expect((1...5).contains(cache.count))
    // The newest is among those kept.
    let key = cache.key(Programs.scale(by: 109), options: CompileOptions(), client: engine.client)
    #expect(cache.load(key, client: engine.client) != nil)
    cache.removeAll()
    #expect(cache.count == 0 && cache.byteCount == 0)
  }

  @Test func worksWithoutAPlaceToWrite() throws {
    let file = try folder.write("in the way", to: "file")
    let engine = try Engine(programCache: ProgramCache(folder: file + "/programs"))
    #expect(try run(engine.compile(Programs.scale(by: 8)), 2, on: engine) == 16)
    #expect(engine.statistics.unkept == 1)
    let none = try Engine(programCache: nil)
    #expect(try run(none.compile(Programs.scale(by: 8)), 2, on: none) == 16)
  }

  @Test func forgetsTheLeastUsedInMemory() throws {
    let engine = try Engine(programCache: nil, programLimit: 2)
    for factor in [1, 2, 1, 3, 1, 2] { _ = try engine.compile(Programs.scale(by: factor)) }
    // 1 and 2 are made, 1 is reused, 3 drives out 2, 1 is reused, 2 is made again.
    #expect(engine.statistics.compiled == 4 && engine.statistics.reused == 2)
  }

  /// Every sixteenth new program looks: of the fifteen that are there the seven least recently used go.
  @Test func forgetsHalfWhenMappingsAreScarce() throws {
    let client = try Engine.shared().client
    for areScarce in [false, true] {
      let memory = ProgramMemory(limit: 100, areMappingsScarce: { areScarce })
      func use(_ number: Int) throws {
        _ = try memory.program(for: .init(text: "\(number)", options: CompileOptions())) {
          (statistics) throws(EngineError) in
          statistics.compiled += 1
          return try client.compile(Programs.scale(by: 2), options: CompileOptions(), with: [])
        }
      }
      for number in 1...16 { try use(number) }
      for number in 8...16 { try use(number) }
      #expect(memory.statistics.reused == 9)
      for number in 1...7 { try use(number) }
      #expect(memory.statistics.compiled == (areScarce ? 23 : 16))
    }
  }

  @Test func mappingsAreCounted() { #expect(!MemoryMappings.areScarce) }

  @Test func compilesOnceForManyThreads() async throws {
    let engine = try engine()
    let text = Programs.scale(by: 9)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { _ = try engine.compile(text) } }
      try await group.waitForAll()
    }
    #expect(engine.statistics.compiled == 1 && engine.statistics.reused == 7)
  }

  @Test func remembersNoFailure() throws {
    let engine = try engine()
    for _ in 0..<2 { #expect(throws: EngineError.self) { try engine.compile("rubbish") } }
    #expect(engine.statistics.reused == 0 && folder.names("programs").isEmpty)
  }
}
