"""The record of a run, of which the picture of the dashboard is drawn: what it reads of AWS."""

import json
import time
from pathlib import Path

from rejoinder.workbench.dashboard.body import NAMESPACE
from rejoinder.workbench.dashboard.recording import DEPTH, Recorder
from rejoinder.workbench.dashboard.series import read
from tests.moto.stacks import create_alarm
from tests.moto.watched import client


def metric_line(unique: str, **metrics: float) -> str:
    named = [{"Name": name, "Unit": "Count"} for name in metrics]
    directive = {"Namespace": f"Rejoinder/{unique}", "Dimensions": [["service"]], "Metrics": named}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": about, "service": "sender", **metrics})


def test_the_record_has_each_line_once_the_queues_and_the_alarms_that_ring(
    unique: str, tmp_path: Path
) -> None:
    logs, sqs, cloudwatch = client("logs"), client("sqs"), client("cloudwatch")
    where = {"logGroupName": f"/aws/lambda/{unique}-sender", "logStreamName": "one"}
    logs.create_log_group(logGroupName=where["logGroupName"])
    logs.create_log_stream(**where)
    queue = sqs.create_queue(QueueName=unique)["QueueUrl"]
    name = f"{unique}-GateClosedAlarm-1X2Y"
    create_alarm(cloudwatch, name, state="OK")
    file = tmp_path / "record.jsonl"
    recorder = Recorder(
        client, unique, [f"{unique}-sender", f"{unique}-processor"], {"InboundDlq": queue}, file
    )

    def log(*lines: str, after: float = 0) -> None:
        at = int((time.time() + after) * 1000)
        written = [{"timestamp": at, "message": line} for line in lines]
        logs.put_log_events(**where, logEvents=written)

    log("START RequestId", '{"message":"failed","code":131026}\n')
    log(metric_line(unique, MessagesAccepted=2), after=5)
    recorder.look()
    recorder.look()  # only a moment later
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    sqs.send_message(QueueUrl=queue, MessageBody="a letter")
    log(metric_line(unique, MessagesAccepted=3))  # late: another was written after it
    recorder.look(at_once=True)
    cloudwatch.delete_alarms(AlarmNames=[name])  # moto does not look at the state of an alarm
    recorder.look(at_once=True)
    run = read(file.read_text().splitlines())
    values = {key: [value for _, value in found] for key, found in run.values.items()}
    assert values == {
        (NAMESPACE, "MessagesAccepted", "service", "sender"): [2, 3],
        ("AWS/SQS", DEPTH, "QueueName", "${InboundDlq.QueueName}"): [0, 1, 1],
    }
    assert run.lines == [{"message": "failed", "code": 131026}]
    assert run.alarms == {"GateClosedAlarm": "OK"}, "it rang in between"
