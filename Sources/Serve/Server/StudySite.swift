import Foundation
import Studies

/// The pages of a server: a list of studies, each study as it runs, its report, and the report's other formats.
///
/// Nothing is read but the source, whatever a path says: there is no folder to escape from. Each page is made anew once a
/// second at most, however many browsers ask.
actor StudySite {
  private let source: any LiveStudySource
  /// Names that browsers may know this server by; nil where it may have any.
  private let hosts: Set<String>?
  private var pages: [[String]: (response: SiteResponse, expiry: ContinuousClock.Instant)] = [:]

  /// Longer than any path there is.
  static let pathLimit = 2048

  /// - Parameter hosts: with others in `Host` a request was led here by a foreign page's name; it is refused.
  init(_ source: any LiveStudySource, hosts: Set<String>?) {
    self.source = source
    self.hosts = hosts
  }

  func response(to request: SiteRequest) -> SiteResponse {
    guard request.method == "GET" || request.method == "HEAD" else {
      return MessagePage(405, "Only reading", "This server only shows studies; it takes no \(request.method).").response
    }
    guard request.path.utf8.count <= Self.pathLimit else {
      return MessagePage.refusal(414).response
    }
    guard isKnown(request.host) else {
      return MessagePage(421, "Another name", "This server doesn’t answer to that name: use the address it printed.")
        .response
    }
    guard let parts = request.parts else { return MessagePage.notFound.response }
    if let page = pages[parts], ContinuousClock.now < page.expiry { return page.response }
    let start = ContinuousClock.now
    let response = made(parts)
    // What takes long is made less often, so that watching doesn't slow what is watched.
    let lifetime = max(.milliseconds(900), start.duration(to: .now) * 4)
    if pages.count >= 64 { pages.removeAll() }
    // Other paths are cheap, and there is no end of them.
    if response.status == 200 { pages[parts] = (response, ContinuousClock.now + lifetime) }
    return response
  }

  private func made(_ parts: [String]) -> SiteResponse {
    do {
      switch (parts.first, parts.count) {
      case (nil, _): return IndexPage(try source.studies()).page
      case ("live", 1): return IndexPage(try source.studies()).fragment
      case ("studies", 2...3): return try study(parts) ?? MessagePage.notFound.response
      default: return MessagePage.notFound.response
      }
    } catch {
      return MessagePage(500, "This can’t be shown", "\(error)").response
    }
  }

  private func study(_ parts: [String]) throws -> SiteResponse? {
    guard let study = try source.study(named: parts[1]) else { return nil }
    guard parts.count == 3 else { return try StudyPage(study).page }
    if parts[2] == "live" { return try StudyPage(study).fragment }
    guard let format = Self.format(parts[2]) else { return nil }
    guard let report = try study.report() else {
      return MessagePage(404, "Nothing yet", "No run of this study has ended yet.").response
    }
    return SiteResponse(type: format.mediaType, try report.text(format))
  }

  /// `report` is the page, `report.csv` and the like the other formats.
  private static func format(_ name: String) -> ReportFormat? {
    if name == "report" { return .html }
    if name == "runs.csv" { return .csvRuns }
    return ReportFormat.allCases.first { $0 != .csvRuns && name == "report.\($0.fileExtension)" }
  }

  private func isKnown(_ host: String?) -> Bool {
    guard let hosts else { return true }
    guard let host else { return false }
    // Without the port, which may follow the brackets of an IPv6 address.
    let name =
      host.hasPrefix("[")
      ? String(host.prefix { $0 != "]" }.dropFirst()) : String(host.prefix { $0 != ":" })
    return hosts.contains(name.lowercased())
  }
}

extension ReportFormat {
  var mediaType: String {
    switch self {
    case .html: "text/html; charset=utf-8"
    case .json: "application/json"
    case .csv, .csvRuns: "text/csv; charset=utf-8"
    case .markdown: "text/markdown; charset=utf-8"
    case .latex, .terminal: "text/plain; charset=utf-8"
    }
  }
}
