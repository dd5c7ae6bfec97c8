import HTTPServer
import Synchronization

/// Counts requests for `/metrics`, in the text format of Prometheus.
final class Metrics: Sendable {
  private struct Key: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  private struct Series {
    var count: Int64 = 0
    var seconds = 0.0
    var bytes: Int64 = 0
    /// How many took at most the bound of the same index.
    var buckets = [Int64](repeating: 0, count: Metrics.bounds.count)
  }

  private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
  private let series = Mutex<[Key: Series]>([:])

  func count(_ entry: SiteLog.Access) {
    // A method is the client's word: counted as sent it could make series without end.
    let method = ["GET", "HEAD", "POST"].contains(entry.method) ? entry.method : "other"
    let seconds = entry.milliseconds / 1000
    series.withLock { all in
      var one = all[Key(method: method, route: entry.route, status: entry.status)] ?? Series()
      one.count += 1
      one.seconds += seconds
      one.bytes += Int64(entry.bytes)
      for (index, bound) in Metrics.bounds.enumerated() where seconds <= bound { one.buckets[index] += 1 }
      all[Key(method: method, route: entry.route, status: entry.status)] = one
    }
  }

  /// GET /metrics. It answers this machine only, and nothing that a proxy passes on.
  func respond(_ request: Request) throws -> Response {
    let isPassedOn = request.headers["X-Forwarded-For"] != nil || request.headers["Forwarded"] != nil
    guard !isPassedOn, request.peer == "::1" || request.peer.hasPrefix("127.") else { throw HTTPError(404) }
    var response = Response.text(text)
    response.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
    return response
  }

  var text: String {
    let all = series.withLock { $0 }.sorted { ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status) }
    var out = "# HELP provost_request_seconds Time that handlers took.\n# TYPE provost_request_seconds histogram\n"
    for (key, one) in all {
      let labels = "method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\""
      for (bound, count) in zip(Metrics.bounds, one.buckets) {
        out += "provost_request_seconds_bucket{\(labels),le=\"\(bound)\"} \(count)\n"
      }
      out += "provost_request_seconds_bucket{\(labels),le=\"+Inf\"} \(one.count)\n"
      out += "provost_request_seconds_sum{\(labels)} \(one.seconds)\n"
      out += "provost_request_seconds_count{\(labels)} \(one.count)\n"
    }
    out += "# HELP provost_response_bytes_total Bytes of responses.\n# TYPE provost_response_bytes_total counter\n"
    for (key, one) in all {
      out += "provost_response_bytes_total{method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\"} \(one.bytes)\n"
    }
    return out
  }
}
