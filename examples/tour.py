from skimage import data

import harness
import srmetrics

reference = data.astronaut()
candidate = reference // 2 * 2

srmetrics.psnr(reference, candidate)  # 51.61 dB, channels as they are
scores = srmetrics.evaluate(reference, candidate, "sr-y", scale=4, metrics=("psnr", "ssim", "ms_ssim"))
scores["ssim"], scores.n_pixels, scores.signature_of("ssim")

board = harness.compare("srmetrics-demo/x4/HR", {"ours": "srmetrics-demo/x4/lanczos"}, protocol="sr-y", scale=4)
print(board)
board.write("run")
