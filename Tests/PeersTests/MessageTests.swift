import TestSupport
import Testing

@testable import Peers

/// What a store and its clients say to each other: read as it was written, and refused otherwise.
@Suite(.tags(.unit)) struct MessageTests {
  private static let requests: [StoreRequest] = [
    .put("a", [1, 2, 3]), .put("", []), .claim("näme/1", [0]), .value("key"), .value(""),
    .put("k", [UInt8](repeating: 7, count: 100_000)),
  ]
  private static let answers: [StoreAnswer] = [.none, .some([]), .some([9, 8]), .refusal("why not")]

  @Test func messagesAreReadAsTheyWereWritten() throws {
    for request in Self.requests { #expect(StoreRequest(request.bytes) == request) }
    for answer in Self.answers { #expect(StoreAnswer(answer.bytes) == answer) }
    let (greeting, token) = (Greeting(), try RendezvousToken("0123456789abcdef"))
    #expect(Greeting(greeting.bytes) == greeting)
    let hello = Hello(run: "run", count: 3, process: 2, to: greeting, token)
    #expect(Hello(hello.bytes) == hello)
    #expect(hello.bytes.count < Frame.strangerLimit)
    #expect(try #require(Hello(hello.bytes)).isProved(by: token, for: greeting))
    for ending in [Ending.error(process: 4, reason: "a\nb, c"), .loss(processes: [1, 12], seconds: 0.5)] {
      #expect(Ending(ending.bytes) == ending)
    }
  }

  /// Who repeats another one's proof, or changes what it says, proves nothing.
  @Test func proofsHoldForOneGreetingAndOneProcess() throws {
    let (greeting, token) = (Greeting(), try RendezvousToken("0123456789abcdef"))
    let hello = Hello(run: "run", count: 3, process: 2, to: greeting, token)
    #expect(!hello.isProved(by: token, for: Greeting()))
    #expect(!hello.isProved(by: try RendezvousToken("fedcba9876543210"), for: greeting))
    for place in hello.bytes.indices {
      var bytes = hello.bytes
      bytes[place] ^= 0x10
      #expect(Hello(bytes)?.isProved(by: token, for: greeting) != true)
    }
  }

  @Test func otherBytesAreRefused() {
    #expect(StoreRequest([]) == nil)
    #expect(StoreRequest([0, 0, 0, 0]) == nil)
    // A key that is longer than the message, one that isn't text, a value where there is none to be.
    #expect(StoreRequest([0, 0, 0, 0, 9, 1]) == nil)
    #expect(StoreRequest([0, 255, 255, 255, 255, 1]) == nil)
    #expect(StoreRequest([2, 0, 0, 0, 1, 0xff]) == nil)
    #expect(StoreRequest([2, 0, 0, 0, 1, 0x61, 0x62]) == nil)
    #expect(StoreRequest([3, 0, 0, 0, 1, 0x61]) == nil)
    #expect(StoreAnswer([]) == nil && StoreAnswer([3]) == nil)
    #expect(Greeting([]) == nil && Greeting([UInt8](repeating: 0, count: Greeting.count)) == nil)
    #expect(Hello([]) == nil && Hello([UInt8](repeating: 1, count: 71)) == nil)
    #expect(Ending([]) == nil && Ending(Array("error\nno number\nreason".utf8)) == nil)
  }

  /// Changed, cut and random bytes: whatever is read is written back as the same message.
  @Test func anyBytesAreReadOrRefused() {
    var random = SystemRandomNumberGenerator()
    for round in 0..<20_000 {
      var bytes: [UInt8]
      if round.isMultiple(of: 2) {
        bytes = Self.requests[Int.random(in: 0..<5, using: &random)].bytes
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
          bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
      } else {
        bytes = (0..<Int.random(in: 0...90, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
      if let request = StoreRequest(bytes) { #expect(StoreRequest(request.bytes) == request) }
      if let answer = StoreAnswer(bytes) { #expect(StoreAnswer(answer.bytes) == answer) }
      if let hello = Hello(bytes) { #expect(Hello(hello.bytes) == hello) }
    }
  }
}
