"""What Frontline does, without the pages. Importing any part of it first tells libraries not to report to their makers.

onnxruntime looks up ``mobile.events.data.microsoft.com`` and writes a device id under ``~/.cache/Microsoft`` when it is
loaded, and reads its switch from the environment alone. So it is set here, before anything can load it: the server, the
worker, the command line and their child processes all import this package first.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
