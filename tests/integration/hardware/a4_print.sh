#!/bin/sh
# What the IPP printer does with a job: keeps it, or fails as the file `fault` says.
room=$(dirname "$0")
fault=$(cat "$room/fault" 2>/dev/null)
case $fault in
"") ;;
abort) exit 1 ;;
*)
    [ "$fault" = hang ] || echo "STATE: +$fault" >&2
    touch "$room/struck"
    while [ -s "$room/fault" ]; do sleep 0.1; done
    # As a real one: what was taken back meanwhile does not come out.
    if ipptool -X -d job_id="$IPP_JOB_ID" -d job_user=kiosk "ipp://localhost:8631/ipp/print" \
        "$room/job_state.test" | grep -q -e processing-to-stop-point -e '<integer>7<'; then
        touch "$room/taken-back"
        exit 0
    fi
    ;;
esac
cp "$1" "$room/out/job-$$.pdf"
env | grep -E 'CONTENT_TYPE|IPP_' > "$room/out/job-$$.env"
