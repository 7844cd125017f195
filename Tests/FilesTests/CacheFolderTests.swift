import Foundation
import TestSupport
import Testing

@testable import Files

@Suite(.tags(.unit)) struct CacheFolderTests {
  @Test func choosesTheCacheFolder() {
    #expect(CacheFolder.path(environment: ["HOME": "/h"]) == "/h/.cache/tanren")
    #expect(CacheFolder.path(environment: ["HOME": "/h", "XDG_CACHE_HOME": "/c"]) == "/c/tanren")
    #expect(CacheFolder.path(environment: ["XDG_CACHE_HOME": "/c", "TANREN_CACHE": "/t"]) == "/t")
    #expect(CacheFolder.programs(environment: ["TANREN_CACHE": "/t"]) == "/t/programs")
  }

  /// As the XDG base directory specification has it; data follow the same rule.
  @Test func passesOverFoldersThatAreNone() throws {
    #expect(CacheFolder.path(environment: ["HOME": "/h", "XDG_CACHE_HOME": "relative"]) == "/h/.cache/tanren")
    #expect(
      CacheFolder.path(environment: ["HOME": "/h", "XDG_CACHE_HOME": "", "TANREN_CACHE": ""]) == "/h/.cache/tanren")
    #expect(CacheFolder.path(environment: ["HOME": "/"]) == "/.cache/tanren")
    let user = try #require(getpwuid(getuid())?.pointee.pw_dir)
    for home in [nil, "", "relative"] {
      let environment = home.map { ["HOME": $0] } ?? [:]
      #expect(CacheFolder.path(environment: environment) == String(cString: user) + "/.cache/tanren")
      #expect(CacheFolder.data(environment: environment) == String(cString: user) + "/.cache/tanren/data")
    }
  }
}
